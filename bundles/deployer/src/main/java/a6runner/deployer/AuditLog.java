// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer;

import a6runner.spi.Audit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * The file {@code audit.log}: what changed, a line each, such as
 *
 * <pre>{@code
 * 2026-11-25T18:52:03.123Z pid=77 change=upgrade what="com.example.jwt 2.0.0" sha256=9f86… from="file /opt/a6runner/deploy/jwt.jar" outcome="active; was 1.0.0"
 * }</pre>
 *
 * <p>Runners may share it: a line is one write at the file's end. At 10 MB it is renamed to {@code audit.log.1}, that to {@code audit.log.2}; three are kept.
 */
final class AuditLog implements Audit {

    private static final Logger LOG = LoggerFactory.getLogger(AuditLog.class);
    private static final long MAX_BYTES = 10_000_000;
    private static final int OLDER = 3;

    private final Path file;
    private final long maxBytes;
    private String trouble = "";

    AuditLog(Path dataFolder) {
        this(dataFolder, MAX_BYTES);
    }

    AuditLog(Path dataFolder, long maxBytes) {
        this.file = dataFolder.resolve("audit.log");
        this.maxBytes = maxBytes;
    }

    @Override
    public void record(String change, String what, String sha256, String from, String outcome) {
        record(Instant.now(), change, what, sha256, from, outcome);
    }

    /** The same for what happened a moment ago. */
    synchronized void record(Instant when, String change, String what, String sha256, String from, String outcome) {
        String line = when.truncatedTo(ChronoUnit.MILLIS) + " pid=" + ProcessHandle.current().pid() + " change=" + change + " what=" + quoted(what)
                + (sha256.isEmpty() ? "" : " sha256=" + sha256) + " from=" + quoted(from) + " outcome=" + quoted(outcome) + "\n";
        try {
            makeRoom();
            Files.write(file, line.getBytes(UTF_8), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            trouble = "";
        } catch (IOException e) {
            if (!trouble.equals(e.toString())) {
                trouble = e.toString();
                LOG.warn("{} can't be written, changes aren't taken down: {}", file, trouble);
            }
        }
    }

    private void makeRoom() throws IOException {
        try {
            WholeFile.checkIsFile(file);
            if (Files.size(file) < maxBytes) {
                return;
            }
        } catch (NoSuchFileException e) {
            return;
        }
        for (int number = OLDER; number > 0; number--) {
            Path from = number == 1 ? file : older(number - 1);
            if (Files.exists(from)) {
                Files.move(from, older(number), StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    private Path older(int number) {
        return file.resolveSibling(file.getFileName() + "." + number);
    }

    /** On one line, and with an end that can be found. */
    private static String quoted(String text) {
        return '"' + text.replaceAll("\\s*\\p{Cntrl}+\\s*", " ").replace('"', '\'') + '"';
    }
}
