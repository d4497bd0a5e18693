// SPDX-License-Identifier: Apache-2.0
package a6runner.protocol.socket;

import a6runner.spi.Setting;
import a6runner.spi.Settings;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.attribute.UserPrincipal;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets those processes in whose user the setting {@code socket.users} names, as the kernel knows them (SO_PEERCRED), and closes the connections of others
 * before a byte is read. Stands before the {@link Acceptor}, on the accepting loop.
 */
final class PeerUsers extends ChannelInboundHandlerAdapter {

    private static final Logger LOG = LoggerFactory.getLogger(PeerUsers.class);
    private static final int MOST_TOLD = 100;

    private final Set<UserPrincipal> allowed;
    private final Map<Integer, Boolean> known = new HashMap<>(); // the loop's own

    private PeerUsers(Set<UserPrincipal> allowed) {
        this.allowed = allowed;
    }

    /** Whether the settings name anybody; if not, all may connect who may open the socket. */
    static boolean areNamed(Settings settings) {
        return !settings.text(Setting.SOCKET_USERS).isBlank();
    }

    /**
     * Those that the settings name.
     *
     * @throws IOException if there is no such user, or the transport doesn't say who a peer is; the message says what to do
     */
    static PeerUsers of(Settings settings, Transport transport) throws IOException {
        if (transport != Transport.EPOLL) {
            throw new IOException(Setting.SOCKET_USERS.key() + " needs epoll, and the socket is served by " + transport + "; set transport to epoll, or leave who may"
                    + " connect to socket.mode, socket.owner and socket.group");
        }
        Set<UserPrincipal> allowed = new HashSet<>();
        for (String name : settings.text(Setting.SOCKET_USERS).split(",")) {
            try {
                allowed.add(principal(name.trim()));
            } catch (UserPrincipalNotFoundException e) {
                throw new IOException(Setting.SOCKET_USERS.key() + ": there is no user \"" + name.trim() + "\" (expected: names or ids, separated by commas)");
            }
        }
        return new PeerUsers(allowed);
    }

    /** By a name, or by an id, which is taken for one where there is no such name. Principals of the same id are equal. */
    private static UserPrincipal principal(String name) throws IOException {
        return FileSystems.getDefault().getUserPrincipalLookupService().lookupPrincipalByName(name);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        int uid;
        try {
            uid = ((EpollDomainSocketChannel) message).peerCredentials().uid();
        } catch (IOException e) {
            ((Channel) message).unsafe().closeForcibly(); // it has gone already
            return;
        }
        if (known.computeIfAbsent(uid, this::isAllowed)) {
            ctx.fireChannelRead(message);
        } else {
            ((Channel) message).unsafe().closeForcibly();
        }
    }

    /** Asked once for each user, and told so once. */
    private boolean isAllowed(int uid) {
        try {
            UserPrincipal user = principal(Integer.toString(uid));
            if (allowed.contains(user)) {
                return true;
            }
            if (known.size() < MOST_TOLD) {
                LOG.warn("connections of user {} (id {}) are refused: {} doesn't name it", user.getName(), Integer.toUnsignedString(uid), Setting.SOCKET_USERS.key());
            }
        } catch (IOException e) {
            LOG.warn("connections of user id {} are refused: who that is can't be found out", Integer.toUnsignedString(uid), e);
        }
        return false;
    }
}
