// SPDX-License-Identifier: Apache-2.0
package a6runner.protocol.takeover;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.ThreadLocalRandom;
import java.util.zip.CRC32C;

/**
 * The names of the files that stand beside an address. They are short and don't hold the address's own name, so that the whole path fits into a Unix
 * address wherever the address's does, or nearly.
 */
public final class SideFiles {

    private static final String TEMPORARY = ".a6r";

    private SideFiles() {}

    /** A name that nobody else uses, for a socket that is to be moved over another one, or is there for a moment. */
    public static Path temporary(Path address) {
        return address.resolveSibling(TEMPORARY + Long.toString(ThreadLocalRandom.current().nextLong(1L << 40), 36));
    }

    /** Whether a file has such a name, by which the kernel knows a socket that was moved too. */
    static boolean isTemporary(Path file) {
        return file.getFileName() != null && file.getFileName().toString().startsWith(TEMPORARY);
    }

    /** The private socket of the runner that serves the address. */
    static Path control(Path address) {
        return address.resolveSibling(".a6c" + hash(address));
    }

    /** What is locked while the address changes hands. */
    static Path lock(Path address) {
        return address.resolveSibling(".a6l" + hash(address));
    }

    private static String hash(Path address) {
        CRC32C crc = new CRC32C();
        crc.update(address.getFileName().toString().getBytes(StandardCharsets.UTF_8));
        return Long.toString(crc.getValue(), 36);
    }
}
