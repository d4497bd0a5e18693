// SPDX-License-Identifier: Apache-2.0
package a6runner.launcher;

import a6runner.spi.Setting;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32;

/**
 * Where a runner's shell listens, for the runner that opens it and for the client that looks for it: by default a socket in the data folder whose name tells
 * runners of one data folder apart by their listen address.
 */
final class ShellAddress {

    static final String OFF = "off";
    private static final String PREFIX = "shell-";
    private static final String SUFFIX = ".sock";

    private ShellAddress() {
    }

    /** Of a runner with these settings: {@code unix:/path}, or {@code off}. */
    static String of(ResolvedSettings settings, String listenAddress, Path data, Path cwd) {
        String said = settings.text(Setting.SHELL_ADDRESS);
        if (said.isEmpty()) {
            return ListenAddress.SCHEME + data.resolve(PREFIX + checksum(listenAddress) + SUFFIX);
        }
        return said.equals(OFF) ? OFF : ListenAddress.full(settings, Setting.SHELL_ADDRESS, cwd);
    }

    /** A short name for a long one. */
    private static String checksum(String text) {
        CRC32 checksum = new CRC32();
        checksum.update(text.getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().toHexDigits((int) checksum.getValue());
    }

    /** All shells of a data folder, live or not. */
    static List<Path> in(Path data) {
        List<Path> found = new ArrayList<>();
        try (Stream<Path> files = Files.list(data)) {
            files.filter(file -> file.getFileName().toString().matches(PREFIX + "[0-9a-f]+" + SUFFIX)).sorted().forEach(found::add);
        } catch (IOException e) {
            return found; // none that we could see
        }
        return found;
    }
}
