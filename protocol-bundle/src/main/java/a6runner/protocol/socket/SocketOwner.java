// SPDX-License-Identifier: Apache-2.0
package a6runner.protocol.socket;

import a6runner.spi.Setting;
import a6runner.spi.Settings;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.UserPrincipal;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.attribute.UserPrincipalNotFoundException;

/**
 * Whom the socket's file is given to: the settings {@code socket.owner} and {@code socket.group}, names or ids. With {@code socket.mode} they say who may
 * connect. Immutable; any thread.
 */
final class SocketOwner {

    private static final String MENDS = "; let root start the runner, or set neither and let the workers run as the runner's user or in its group";

    private final UserPrincipal owner; // null: stays as it is
    private final GroupPrincipal group; // null: stays as it is

    private SocketOwner(UserPrincipal owner, GroupPrincipal group) {
        this.owner = owner;
        this.group = group;
    }

    /**
     * The one that the settings name.
     *
     * @throws IOException if there is no such user or group; the message says which
     */
    static SocketOwner of(Settings settings) throws IOException {
        String owner = settings.text(Setting.SOCKET_OWNER);
        String group = settings.text(Setting.SOCKET_GROUP);
        UserPrincipalLookupService names = FileSystems.getDefault().getUserPrincipalLookupService();
        UserPrincipal user = null;
        try {
            user = owner.isEmpty() ? null : names.lookupPrincipalByName(owner);
            return new SocketOwner(user, group.isEmpty() ? null : names.lookupPrincipalByGroupName(group));
        } catch (UserPrincipalNotFoundException e) { // which doesn't say who; and would be told in place of what we say, were it its cause
            boolean isGroup = owner.isEmpty() || user != null;
            throw new IOException((isGroup ? Setting.SOCKET_GROUP : Setting.SOCKET_OWNER).key() + ": there is no " + (isGroup ? "group" : "user") + " \""
                    + (isGroup ? group : owner) + "\" (expected: a name or an id)");
        }
    }

    /**
     * Gives the file away, before anybody may open it: its mode is to be set afterwards.
     *
     * @throws IOException if this user may not do that; the message says so
     */
    void take(Path file) throws IOException {
        PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
        if (group != null) { // first, as afterwards the file may not be ours
            try {
                view.setGroup(group);
            } catch (IOException e) {
                throw new IOException(Setting.SOCKET_GROUP.key() + ": the socket can't be given to group " + group.getName() + " by user " + view.getOwner().getName()
                        + ", who is not in it" + MENDS);
            }
        }
        if (owner != null) {
            try {
                view.setOwner(owner);
            } catch (IOException e) {
                throw new IOException(Setting.SOCKET_OWNER.key() + ": the socket can't be given to user " + owner.getName() + " by user " + view.getOwner().getName() + MENDS);
            }
        }
    }
}
