// SPDX-License-Identifier: Apache-2.0
package a6runner.protocol.socket;

import a6runner.protocol.takeover.AddressOwner;
import a6runner.protocol.takeover.SideFiles;
import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Set;

/**
 * The file of the Unix socket. A server binds {@link #temporary()} and then calls {@link #publish()}, which moves it over the address in one step: so a
 * client finds the old socket or the new one, never none; and what Netty removes when it closes is the temporary name, never a successor's socket. The
 * file stays when the runner ends; the next start replaces it. Used by one thread.
 */
final class SocketFile {

    private static final int MAX_PATH_BYTES = 107; // sun_path has 108, the last is a zero
    private static final int FILE_TYPE = 0170000; // of stat's st_mode
    private static final int SOCKET = 0140000;

    private final Path address;
    private final Path temporary;
    private final Set<PosixFilePermission> permissions;
    private volatile Object published; // what tells the file from another one of the same name

    /**
     * The file of an address.
     *
     * @param address {@code unix:/path}
     * @param mode three or four octal digits
     * @throws IOException if there can be no socket; the message says why and what to do
     */
    SocketFile(String address, String mode) throws IOException {
        if (!address.startsWith("unix:") || address.length() == "unix:".length()) {
            throw new IOException("listen.address: \"" + address + "\" (expected: unix:/path of a socket)");
        }
        this.address = Path.of(address.substring("unix:".length())).toAbsolutePath();
        this.permissions = permissions(Integer.parseInt(mode, 8));
        Path folder = this.address.getParent();
        if (folder == null || !Files.isDirectory(folder)) {
            throw new IOException("listen.address: the folder " + folder + " of the socket does not exist; make it first");
        }
        this.temporary = SideFiles.temporary(this.address);
        int length = Math.max(bytes(this.address), bytes(temporary));
        if (length > MAX_PATH_BYTES) {
            throw new IOException("listen.address: " + this.address + " is too long for a Unix socket by " + (length - MAX_PATH_BYTES)
                    + " bytes; choose a shorter path");
        }
        if (Files.exists(this.address, LinkOption.NOFOLLOW_LINKS) && ((int) Files.getAttribute(this.address, "unix:mode", LinkOption.NOFOLLOW_LINKS) & FILE_TYPE) != SOCKET) {
            throw new IOException("listen.address: " + this.address + " exists and is not a socket; move it away or choose another path");
        }
    }

    private static int bytes(Path path) {
        return path.toString().getBytes(StandardCharsets.UTF_8).length;
    }

    private static Set<PosixFilePermission> permissions(int mode) {
        PosixFilePermission[] fromHighest = PosixFilePermission.values(); // owner read, write, execute, group …, others …
        Set<PosixFilePermission> set = EnumSet.noneOf(PosixFilePermission.class);
        for (int i = 0; i < fromHighest.length; i++) {
            if ((mode >> (fromHighest.length - 1 - i) & 1) != 0) {
                set.add(fromHighest[i]);
            }
        }
        return set;
    }

    /** The address, an absolute path. */
    Path address() {
        return address;
    }

    /** Where the server is to bind. */
    Path temporary() {
        return temporary;
    }

    /**
     * Whether somebody listens at the address now, for all that can be seen. Doesn't wait: not for an owner that accepts nobody either. Where the address can't be
     * connected to, as another user's, the kernel's list of sockets says it, which has those of this network namespace.
     */
    boolean hasLiveOwner() {
        if (!Files.exists(address)) {
            return false;
        }
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.configureBlocking(false);
            channel.connect(UnixDomainSocketAddress.of(address));
            return true;
        } catch (ConnectException e) {
            return false; // refused: nobody listens
        } catch (IOException e) {
            // Its backlog is full, it isn't ours to connect to, or its path has 107 bytes, to which the JDK can't connect, but APISIX can.
            return AddressOwner.mayBeListening(address);
        }
    }

    /** Sets the permissions of the bound socket and moves it to the address. */
    void publish() throws IOException {
        try {
            Files.setPosixFilePermissions(temporary, permissions);
            published = fileKey(temporary);
            Files.move(temporary, address, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            Files.deleteIfExists(temporary);
            if (e instanceof FileSystemException failed && failed.getOtherFile() != null && Files.exists(address, LinkOption.NOFOLLOW_LINKS)) {
                // Without e as the cause: the innermost message is what the program ends with.
                throw new IOException("listen.address: " + address + ", which user " + Files.getOwner(address, LinkOption.NOFOLLOW_LINKS) + " has left, can't be replaced ("
                        + failed.getReason() + "): delete it, or choose another folder");
            }
            throw e;
        }
    }

    /** Whether what stands at the address is what {@link #publish} put there. Any thread, once it has. */
    boolean isOurs() {
        try {
            return published.equals(fileKey(address));
        } catch (IOException e) {
            return false;
        }
    }

    private static Object fileKey(Path file) throws IOException {
        return Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS).fileKey();
    }

    @Override
    public String toString() {
        return "unix:" + address;
    }
}
