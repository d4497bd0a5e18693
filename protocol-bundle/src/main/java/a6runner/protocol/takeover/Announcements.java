// SPDX-License-Identifier: Apache-2.0
package a6runner.protocol.takeover;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who has announced that it will take an address over: an empty file beside it, {@code ADDRESS.next.PID}, that {@code bin/a6runner} makes before its JVM
 * is there, since APISIX tells the old runner to stop some 20 ms after it has started the new one (APISIX.md §10). Any thread.
 */
public final class Announcements {

    private static final Logger LOG = LoggerFactory.getLogger(Announcements.class);
    private static final String NEXT = ".next.";
    private static final long CLOCK_SLACK_MILLIS = 1_500; // a process's start is known in hundredths of a second since a boot that is known in seconds

    private final Path address;
    private final long mine; // pid of the script that announced this runner

    /** The announcements for an address; {@code mine} is the pid in this runner's own, 0 if there is none. */
    public Announcements(Path address, long mine) {
        this.address = address;
        this.mine = mine;
    }

    /** Whether a runner of this user that lives, another than this one, has announced itself. */
    public boolean another() {
        boolean found = false;
        try (DirectoryStream<Path> files = files()) {
            Object me = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
            for (Path file : files) {
                long pid = pid(file);
                found |= pid != mine && lives(file, pid, me);
            }
        } catch (IOException | RuntimeException e) {
            LOG.warn("can't see whether a successor has announced itself beside unix:{}: {}", address, e.toString());
        }
        return found;
    }

    /** Removes this runner's own, and those of the dead. */
    public void remove() {
        try (DirectoryStream<Path> files = files()) {
            Object me = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
            for (Path file : files) {
                long pid = pid(file);
                if (pid == mine || pid > 0 && me.equals(Files.getAttribute(file, "unix:uid", LinkOption.NOFOLLOW_LINKS)) && !lives(file, pid, me)) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (IOException | RuntimeException e) {
            LOG.debug("an announcement beside unix:{} could not be removed", address, e);
        }
    }

    private DirectoryStream<Path> files() throws IOException {
        String prefix = address.getFileName() + NEXT;
        return Files.newDirectoryStream(address.getParent(), file -> file.getFileName().toString().startsWith(prefix));
    }

    private static long pid(Path file) {
        String name = file.getFileName().toString();
        String digits = name.substring(name.lastIndexOf('.') + 1);
        return digits.matches("[1-9]\\d{0,9}") ? Long.parseLong(digits) : -1;
    }

    /** Others may write into the folder, and a pid may belong to another process by now. */
    private static boolean lives(Path file, long pid, Object me) {
        try {
            if (!me.equals(Files.getAttribute(file, "unix:uid", LinkOption.NOFOLLOW_LINKS))) {
                return false;
            }
            Instant announced = Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS).toInstant();
            return ProcessHandle.of(pid).filter(ProcessHandle::isAlive).flatMap(process -> process.info().startInstant())
                    .filter(started -> started.isBefore(announced.plusMillis(CLOCK_SLACK_MILLIS))).isPresent();
        } catch (IOException e) {
            return false; // it has just been removed
        }
    }
}
