// SPDX-License-Identifier: Apache-2.0
package a6runner.shell;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Unix socket of the shell. Whoever opens it can run code in the runner, so it is the runner's user's alone: its file has mode 0600 from the moment that
 * it can be reached, and each peer is asked who it is. One thread accepts; each connection has its own.
 */
final class ShellSocket {

    private static final Logger LOG = LoggerFactory.getLogger(ShellSocket.class);
    private static final String SCHEME = "unix:";
    /** The JDK connects to no longer ones. */
    private static final int MAX_PATH_BYTES = 106;
    private static final int FILE_TYPE = 0170000; // of stat's st_mode
    private static final int SOCKET = 0140000;
    private static final int MAX_CONNECTIONS = 32;
    private static final long RETRY_MILLIS = 1_000;

    private final Path path;
    private final ServerSocketChannel server;
    private final UserPrincipal owner;
    private final Object fileKey;
    private final ShellSessions sessions;
    private final Set<ShellConnection> connections = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    private ShellSocket(Path path, ServerSocketChannel server, ShellSessions sessions) throws IOException {
        this.path = path;
        this.server = server;
        this.owner = Files.getOwner(path, LinkOption.NOFOLLOW_LINKS);
        this.fileKey = key(path);
        this.sessions = sessions;
    }

    /**
     * Opens it; a file that an earlier runner left is replaced.
     *
     * @throws IOException if that can't be done; the message is a sentence for the operator
     */
    static ShellSocket open(String address, ShellSessions sessions) throws IOException {
        Path path = path(address);
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            bind(server, path);
            ShellSocket socket = new ShellSocket(path, server, sessions);
            Thread thread = new Thread(socket::accept, "a6runner-shell");
            thread.setDaemon(true);
            thread.start();
            return socket;
        } catch (IOException | RuntimeException e) {
            server.close();
            throw new IOException("shell.address: the socket " + path + " can't be opened: " + e.getMessage(), e);
        }
    }

    private static Path path(String address) throws IOException {
        Path path;
        try {
            path = address.startsWith(SCHEME) ? Path.of(address.substring(SCHEME.length())) : null;
        } catch (InvalidPathException e) {
            path = null;
        }
        if (path == null || !path.isAbsolute()) {
            throw new IOException("shell.address: \"" + address + "\" (expected: unix:/path, or off)");
        }
        int length = path.toString().getBytes(StandardCharsets.UTF_8).length;
        if (length > MAX_PATH_BYTES) {
            throw new IOException("shell.address: the socket's path has " + length + " bytes (expected: at most " + MAX_PATH_BYTES + "): " + path
                    + "; set shell.address to a shorter one, or data.dir to a folder with a shorter path");
        }
        if (Files.exists(path, LinkOption.NOFOLLOW_LINKS) && ((int) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS) & FILE_TYPE) != SOCKET) {
            throw new IOException("shell.address: " + path + " exists and is not a socket; move it away or choose another path");
        }
        return path;
    }

    /** Binds in a folder that nobody else can enter, so that nobody gets in before the file's mode is set; then moves the file to its place. */
    private static void bind(ServerSocketChannel server, Path path) throws IOException {
        Path folder = Files.createTempDirectory(path.getParent(), ".sh", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Path temporary = folder.resolve("s");
        try {
            server.bind(UnixDomainSocketAddress.of(temporary));
            Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("rw-------"));
            Files.move(temporary, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(temporary);
            Files.deleteIfExists(folder);
        }
    }

    private static Object key(Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS).fileKey();
    }

    private void accept() {
        int number = 0;
        while (!closed) {
            try {
                SocketChannel channel = server.accept();
                number++;
                take(channel, number);
            } catch (ClosedChannelException e) {
                return;
            } catch (IOException | RuntimeException e) {
                LOG.warn("a shell could not be opened: {}", e.toString());
                pause(); // too many open files, mostly: the one that waits is still there
            }
        }
    }

    private void take(SocketChannel channel, int number) throws IOException {
        ShellConnection connection = new ShellConnection(new Messages(channel), sessions);
        if (connections.size() >= MAX_CONNECTIONS) {
            connection.refuse("there are " + MAX_CONNECTIONS + " shells already (expected: at most as many); close one");
            return;
        }
        String stranger = Peers.stranger(channel, owner);
        if (stranger != null) {
            LOG.warn("{} tried to open the shell, which is {}'s alone; refused", stranger, owner.getName());
            connection.refuse("the shell is " + owner.getName() + "'s alone");
            return;
        }
        connections.add(connection);
        Thread thread = new Thread(() -> {
            try {
                connection.serve();
            } finally {
                connections.remove(connection);
            }
        }, "a6runner-shell-" + number);
        thread.setDaemon(true);
        thread.start();
        if (closed) {
            connection.close();
        }
    }

    private static void pause() {
        try {
            Thread.sleep(RETRY_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Closes the socket and all connections, and doesn't wait for what they do. Removes the file, unless a successor has put its own there. */
    void close() {
        closed = true;
        try {
            server.close();
            if (fileKey.equals(key(path))) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            LOG.debug("the shell's socket was not removed", e);
        }
        connections.forEach(ShellConnection::close);
        sessions.close();
    }
}
