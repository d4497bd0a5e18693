// SPDX-License-Identifier: Apache-2.0
package a6runner.launcher.doctor;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Finds by Linux's {@code /proc} which processes listen at a Unix socket. The kernel keeps the name that a socket was bound by; our runners bind beside the
 * address and rename, so that names of theirs in the same folder that are no files any more count too.
 */
final class Listeners {

    /** As {@code SocketFile} of the protocol names what it binds. */
    private static final String TEMPORARY = ".a6r";
    /** The flag of sockets that listen, __SO_ACCEPTCON. */
    private static final String LISTENS = "00010000";
    private static final int FLAGS = 3;
    private static final int INODE = 6;
    private static final int PATH = 7;

    private Listeners() {
    }

    /** A process: its id, user and command line, as far as they may be seen. */
    record Listener(long pid, String user, String command) {

        @Override
        public String toString() {
            return "pid " + pid + (user.isEmpty() ? "" : ", user " + user) + (command.isEmpty() ? "" : ": " + command);
        }
    }

    /** Those that can be found; the processes of other users can be looked into by root alone. */
    static List<Listener> of(Path socket) {
        Set<String> sockets = new HashSet<>();
        for (String line : lines(Path.of("/proc/net/unix"))) {
            String[] fields = line.trim().split("\\s+", PATH + 1);
            if (fields.length > PATH && fields[FLAGS].equals(LISTENS) && isAt(socket, Path.of(fields[PATH].replace("\0", "@")))) {
                sockets.add("socket:[" + fields[INODE] + "]");
            }
        }
        return sockets.isEmpty() ? List.of() : owners(sockets);
    }

    private static boolean isAt(Path socket, Path bound) {
        return bound.equals(socket)
                || bound.isAbsolute() && bound.getFileName() != null && bound.getFileName().toString().startsWith(TEMPORARY)
                && socket.getParent() != null && socket.getParent().equals(bound.getParent()) && !Files.exists(bound);
    }

    private static List<Listener> owners(Set<String> sockets) {
        List<Listener> found = new ArrayList<>();
        try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
            for (Path process : processes.filter(path -> path.getFileName().toString().matches("\\d+")).toList()) {
                if (hasOpen(process.resolve("fd"), sockets)) {
                    found.add(listener(process));
                }
            }
        } catch (IOException e) {
            return found; // what can be seen, is
        }
        return found;
    }

    private static boolean hasOpen(Path folder, Set<String> sockets) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.anyMatch(file -> {
                try {
                    return sockets.contains(Files.readSymbolicLink(file).toString());
                } catch (IOException e) {
                    return false; // closed meanwhile
                }
            });
        } catch (IOException e) {
            return false; // another user's, or gone
        }
    }

    private static Listener listener(Path process) {
        String user = "";
        try {
            user = Files.getOwner(process).getName();
        } catch (IOException e) {
            // gone
        }
        List<String> command = lines(process.resolve("cmdline"));
        String words = command.isEmpty() ? "" : shown(command.get(0));
        return new Listener(Long.parseLong(process.getFileName().toString()), user, words);
    }

    /** A Java's options are long and say little: the program, and what comes after its jar. */
    private static String shown(String words) {
        String line = words.replace('\0', ' ').trim().replaceAll("\\p{Cntrl}", "?");
        return line.replaceFirst(" -.* -jar (\\S*a6runner-launcher.jar)", " -jar $1");
    }

    private static List<String> lines(Path file) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.UTF_8).lines().toList();
        } catch (IOException e) {
            return List.of();
        }
    }
}
