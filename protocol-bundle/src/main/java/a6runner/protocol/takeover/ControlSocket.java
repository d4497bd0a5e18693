// SPDX-License-Identifier: Apache-2.0
package a6runner.protocol.takeover;

import a6runner.spi.ConfHandOver;
import java.io.Closeable;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import jdk.net.ExtendedSocketOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The private socket beside an address, mode 0600, by which the runner that serves the address is found by its successor. Only processes of the same user
 * are listened to. Bound under a temporary name and moved into place together with the address. Any thread.
 */
public final class ControlSocket implements Closeable {

    private static final Logger LOG = LoggerFactory.getLogger(ControlSocket.class);

    private final Path address;
    private final Path temporary;
    private final Path path;
    private final UserPrincipal user;
    private final ServerSocketChannel server;
    private final ConfHandOver confs;
    private final Supplier<Hello> hello;
    private final Consumer<HandOverLink> onLink;
    private final Set<HandOverLink> links = ConcurrentHashMap.newKeySet();
    private volatile Object published; // what tells the file from another one of the same name; null before

    /**
     * Binds it, where nobody looks yet.
     *
     * @param hello what is said to who comes
     * @param onLink is given each talk, on a thread of its own that must not be kept
     */
    public ControlSocket(Path address, ConfHandOver confs, Supplier<Hello> hello, Consumer<HandOverLink> onLink) throws IOException {
        this.address = address;
        this.confs = confs;
        this.hello = hello;
        this.onLink = onLink;
        temporary = SideFiles.temporary(address);
        path = SideFiles.control(address);
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            server.bind(UnixDomainSocketAddress.of(temporary));
            Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("rw-------"));
            user = Files.getOwner(temporary);
        } catch (IOException | RuntimeException e) {
            server.close();
            Files.deleteIfExists(temporary);
            throw e;
        }
        Thread thread = new Thread(this::accept, "a6runner-control");
        thread.setDaemon(true);
        thread.start();
    }

    /** Moves it into place: who looks for the runner that serves the address finds this one. */
    public void publish() throws IOException {
        published = fileKey(temporary);
        Files.move(temporary, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private void accept() {
        while (server.isOpen()) {
            try {
                SocketChannel other = server.accept();
                if (!peer(other).equals(Optional.of(user))) {
                    LOG.warn("somebody who isn't {} came to the control socket {} and was sent away", user.getName(), path);
                    other.close();
                    continue;
                }
                HandOverLink link = new HandOverLink("a6runner-successor", other, confs, hello.get());
                links.add(link);
                link.end().thenRun(() -> links.remove(link));
                onLink.accept(link);
            } catch (ClosedChannelException e) {
                return;
            } catch (IOException e) {
                LOG.warn("a connection to the control socket failed: {}", e.getMessage());
                pause();
            }
        }
    }

    private static void pause() {
        try {
            Thread.sleep(100);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The user at the other end; empty if that isn't told. */
    static Optional<UserPrincipal> peer(SocketChannel channel) {
        try {
            return Optional.of(channel.getOption(ExtendedSocketOptions.SO_PEERCRED).user());
        } catch (IOException | UnsupportedOperationException e) {
            return Optional.empty();
        }
    }

    /**
     * A talk with the runner of this user that serves an address; empty if none is there.
     *
     * @throws IOException if it belongs to somebody else, whom the message names
     */
    public static Optional<HandOverLink> connect(Path address, ConfHandOver confs, Hello mine) throws IOException {
        Path path = SideFiles.control(address);
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return Optional.empty();
        }
        UserPrincipal me = Files.getOwner(Path.of("/proc/self"));
        UserPrincipal owner = Files.getOwner(path, LinkOption.NOFOLLOW_LINKS);
        if (!owner.equals(me)) {
            throw new IOException("an A6 Runner of user " + owner.getName());
        }
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.connect(UnixDomainSocketAddress.of(path));
        } catch (IOException e) {
            channel.close();
            return Optional.empty(); // what a dead one left
        }
        return Optional.of(new HandOverLink("a6runner-predecessor", channel, confs, mine));
    }

    /** Stops listening and ends all talks. The file goes, unless it is a successor's by now, or about to be. */
    @Override
    public void close() throws IOException {
        server.close();
        links.forEach(HandOverLink::close);
        Files.deleteIfExists(temporary);
        Optional<AddressLock> lock = published == null ? Optional.empty() : AddressLock.tryAcquire(address);
        if (lock.isPresent()) {
            try {
                if (Files.exists(path, LinkOption.NOFOLLOW_LINKS) && published.equals(fileKey(path))) {
                    Files.delete(path);
                }
            } finally {
                lock.get().close();
            }
        }
    }

    private static Object fileKey(Path file) throws IOException {
        return Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS).fileKey();
    }
}
