// SPDX-License-Identifier: Apache-2.0
package a6runner.protocol.socket;

import a6runner.protocol.call.ConnectionLoop.Taker;
import a6runner.protocol.call.ConnectionLoop.Taking;
import io.netty.channel.Channel;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.Errors;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives connections to another process: their descriptors travel over a Unix socket (SCM_RIGHTS), and what the kernel holds of them stays as it is. epoll
 * only. Any loop; what it does is done when {@link #take} returns, so that no descriptor's number can have come to mean another connection.
 */
final class ConnectionSender implements Taker {

    private static final Logger LOG = LoggerFactory.getLogger(ConnectionSender.class);

    private final Socket socket;
    private boolean broken; // guarded by this

    /** Connects to a {@link ConnectionReceiver}'s path. */
    ConnectionSender(Path path) throws IOException {
        socket = Socket.newSocketDomain();
        try {
            if (!socket.connect(new DomainSocketAddress(path.toFile()))) {
                throw new IOException("nobody takes connections at " + path);
            }
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    @Override
    public synchronized Taking take(Channel channel) {
        if (broken || !(channel instanceof EpollDomainSocketChannel connection)) {
            return Taking.NEVER;
        }
        try {
            int sent = socket.sendFd(connection.fd().intValue());
            if (sent > 0) {
                return Taking.TAKEN;
            }
            if (sent == 0 || sent == Errors.ERRNO_EAGAIN_NEGATIVE || sent == Errors.ERRNO_EWOULDBLOCK_NEGATIVE) {
                return Taking.NOT_NOW;
            }
            throw new IOException("sendFd: " + sent);
        } catch (IOException e) {
            broken = true;
            LOG.warn("the successor takes no more connections: {}; this runner goes on serving those it has", e.getMessage());
            return Taking.NEVER;
        }
    }

    synchronized void close() {
        broken = true;
        try {
            socket.close();
        } catch (IOException e) {
            LOG.debug("a socket could not be closed", e);
        }
    }
}
