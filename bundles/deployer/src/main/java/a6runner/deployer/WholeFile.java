// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Puts a text into a file, whole or not at all: whoever reads it, also after a crash, finds what was there before or the new text. Any thread; blocks for file access. */
final class WholeFile {

    private WholeFile() {}

    /** Makes the file's folder too, if need be. */
    static void write(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Path part = file.resolveSibling(file.getFileName() + ".part");
        Files.writeString(part, text);
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
