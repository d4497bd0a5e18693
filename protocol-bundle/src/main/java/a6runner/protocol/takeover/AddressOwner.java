// SPDX-License-Identifier: Apache-2.0
package a6runner.protocol.takeover;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Says who listens at an address, as far as that can be seen: pid, user, command line. Blocks for a moment. Static. */
public final class AddressOwner {

    private static final int MAX_COMMAND = 200;
    private static final String LISTENING = "00010000"; // the flag __SO_ACCEPTCON
    private static final int FIRST_PATH_COLUMN = 7; // Num RefCount Protocol Flags Type St Inode Path

    /** A line of the kernel's list. */
    private record Listening(String inode, String path) {}

    private AddressOwner() {}

    /** Who listens there, in words. */
    public static String of(Path address) {
        try {
            Optional<Long> pid = pid(address);
            if (pid.isPresent()) {
                return ofProcess(pid.get());
            }
        } catch (IOException e) {
            // then by what the socket says
        }
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.configureBlocking(false);
            channel.connect(UnixDomainSocketAddress.of(address));
            return ControlSocket.peer(channel).map(user -> "a process of user " + user.getName()).orElse("an unknown process");
        } catch (IOException | RuntimeException e) {
            return byFile(address);
        }
    }

    private static String byFile(Path address) {
        try {
            return "a process that can't be seen; the file belongs to user " + Files.getOwner(address).getName();
        } catch (IOException e) {
            return "an unknown process";
        }
    }

    /** A process in words, such as {@code pid 4711 of user app ("python3 server.py")}. */
    public static String ofProcess(long pid) {
        Path proc = Path.of("/proc", Long.toString(pid));
        StringBuilder text = new StringBuilder("pid ").append(pid);
        try {
            text.append(" of user ").append(Files.getOwner(proc).getName());
            String command = Files.readString(proc.resolve("cmdline"), StandardCharsets.ISO_8859_1).replace('\0', ' ').strip().replaceAll("\\p{Cntrl}", "?");
            if (!command.isEmpty()) {
                text.append(" (\"").append(command.length() > MAX_COMMAND ? command.substring(0, MAX_COMMAND) + "…" : command).append("\")");
            }
        } catch (IOException | RuntimeException e) {
            // it is gone, or not ours to see: the pid must do
        }
        return text.toString();
    }

    /** The process that holds the listening socket, where its descriptors may be looked at. */
    private static Optional<Long> pid(Path address) throws IOException {
        for (Listening socket : listening()) {
            Optional<Long> holder = socket.path().equals(address.toString()) ? holder("socket:[" + socket.inode() + "]") : Optional.empty();
            if (holder.isPresent()) {
                return holder;
            }
        }
        return Optional.empty();
    }

    /**
     * Whether a process of this network namespace may listen at an address that can't be connected to: one that listens at a path with the same last name, whatever
     * way its folder was named, or a runner, whose sockets are moved to their addresses. True too where that can't be seen.
     */
    public static boolean mayBeListening(Path address) {
        try {
            return listening().stream().map(socket -> Path.of(socket.path()))
                    .anyMatch(bound -> bound.endsWith(address.getFileName()) || SideFiles.isTemporary(bound) && isBeside(bound, address));
        } catch (IOException | RuntimeException e) {
            return true;
        }
    }

    /** The sockets of this network namespace that somebody listens at, by the paths that they were bound to. */
    private static List<Listening> listening() throws IOException {
        return Files.readAllLines(Path.of("/proc/net/unix"), StandardCharsets.ISO_8859_1).stream().map(line -> line.trim().split("\\s+", FIRST_PATH_COLUMN + 1))
                .filter(columns -> columns.length > FIRST_PATH_COLUMN && columns[3].equals(LISTENING))
                .map(columns -> new Listening(columns[FIRST_PATH_COLUMN - 1], new String(columns[FIRST_PATH_COLUMN].getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8)))
                .toList();
    }

    private static boolean isBeside(Path one, Path other) {
        try {
            return Files.isSameFile(one.toAbsolutePath().getParent(), other.toAbsolutePath().getParent());
        } catch (IOException e) {
            return false; // Its folder is gone.
        }
    }

    private static Optional<Long> holder(String socket) throws IOException {
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), file -> file.getFileName().toString().matches("\\d+"))) {
            for (Path process : processes) {
                if (holds(process, socket)) {
                    return Optional.of(Long.parseLong(process.getFileName().toString()));
                }
            }
        }
        return Optional.empty();
    }

    private static boolean holds(Path process, String socket) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(process.resolve("fd"))) {
            for (Path file : files) {
                if (Files.readSymbolicLink(file).toString().equals(socket)) {
                    return true;
                }
            }
        } catch (IOException | RuntimeException e) {
            // another user's, or it ends
        }
        return false;
    }
}
