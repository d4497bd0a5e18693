// SPDX-License-Identifier: Apache-2.0
package a6runner.shell;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.attribute.UserPrincipal;
import jdk.net.ExtendedSocketOptions;
import jdk.net.UnixDomainPrincipal;

/** Who is at the other end of a Unix socket. */
final class Peers {

    private static final String ROOT = "root";

    private Peers() {
    }

    /** The name of a peer that is neither this user nor root; null if it may come in, or where the system can't tell and the file's mode alone decides. */
    static String stranger(SocketChannel channel, UserPrincipal owner) throws IOException {
        try {
            if (!channel.supportedOptions().contains(ExtendedSocketOptions.SO_PEERCRED)) {
                return null;
            }
            UnixDomainPrincipal peer = channel.getOption(ExtendedSocketOptions.SO_PEERCRED);
            return peer.user().equals(owner) || peer.user().getName().equals(ROOT) ? null : peer.user().getName();
        } catch (LinkageError e) {
            return null; // a Java without jdk.net
        }
    }
}
