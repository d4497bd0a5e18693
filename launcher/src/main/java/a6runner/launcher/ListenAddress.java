// SPDX-License-Identifier: Apache-2.0
package a6runner.launcher;

import a6runner.spi.Setting;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** Checks the address before anything is started, so that what can't be served ends with one line and not in a bundle's stack trace. */
final class ListenAddress {

    static final String SCHEME = "unix:";
    /** A Unix address holds 108 bytes, the last of which is a zero. */
    static final int MAX_PATH_BYTES = 107;

    private ListenAddress() {
    }

    /** The address in full, {@code unix:/absolute/path}; relative ones are taken from {@code cwd}. */
    static String check(ResolvedSettings settings, Path cwd) {
        String address = settings.text(Setting.LISTEN_ADDRESS);
        if (address.isEmpty()) {
            throw Refusal.wrong("no address to listen on: say --address unix:/path, or set " + ResolvedSettings.APISIX_ADDRESS + ", or "
                    + Setting.LISTEN_ADDRESS.key() + " in conf/a6runner.properties");
        }
        Path path = Path.of(full(settings, Setting.LISTEN_ADDRESS, cwd).substring(SCHEME.length()));
        String where = where(settings, Setting.LISTEN_ADDRESS);
        Path folder = path.getParent();
        if (folder == null || !Files.isDirectory(folder)) {
            throw Refusal.wrong(where + ": the socket's folder doesn't exist: " + folder);
        }
        if (!Files.isWritable(folder)) {
            throw Refusal.wrong(where + ": the socket's folder isn't writable for " + Folders.user() + ": " + folder);
        }
        if (Files.isSymbolicLink(path)) {
            throw Refusal.wrong(where + ": there is a link at the socket's path: " + path);
        }
        if (Files.isDirectory(path) || Files.isRegularFile(path)) {
            throw Refusal.wrong(where + ": there is a " + (Files.isDirectory(path) ? "folder" : "file") + " at the socket's path: " + path);
        }
        return SCHEME + path;
    }

    /** The address that a setting says, as {@code unix:/absolute/path}; relative ones are taken from {@code cwd}. Whether there can be a socket isn't looked at. */
    static String full(ResolvedSettings settings, Setting setting, Path cwd) {
        String address = settings.text(setting);
        String where = where(settings, setting);
        if (!address.startsWith(SCHEME) || address.length() == SCHEME.length()) {
            String hint = address.startsWith("/") ? ", did you mean unix:" + address + "?" : "";
            throw Refusal.wrong(where + ": \"" + address + "\" (expected: unix:/path" + hint + ")");
        }
        Path path = path(where, address, cwd);
        int bytes = path.toString().getBytes(StandardCharsets.UTF_8).length;
        if (bytes > MAX_PATH_BYTES) {
            throw Refusal.wrong(where + ": the socket's path has " + bytes + " bytes (expected: at most " + MAX_PATH_BYTES + "): " + path);
        }
        return SCHEME + path;
    }

    private static String where(ResolvedSettings settings, Setting setting) {
        return settings.where(setting).orElse(setting.key());
    }

    private static Path path(String where, String address, Path cwd) {
        try {
            return cwd.resolve(address.substring(SCHEME.length())).toAbsolutePath().normalize();
        } catch (InvalidPathException e) {
            throw Refusal.wrong(where + ": \"" + address + "\" isn't a path: " + e.getReason());
        }
    }
}
