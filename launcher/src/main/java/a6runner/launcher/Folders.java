// SPDX-License-Identifier: Apache-2.0
package a6runner.launcher;

import a6runner.spi.Setting;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Finds the two folders that a runner works on: the one it takes plugins from, and the one it writes to. */
final class Folders {

    private static final String UNNAMED = "?"; // the JDK's name for a user id without one
    private static final String TEMPORARY = "a6runner-";
    private static final Set<PosixFilePermission> PRIVATE = PosixFilePermissions.fromString("rwx------");

    private Folders() {
    }

    /** The deploy folder as an absolute path; it must be there. */
    static Path deploy(ResolvedSettings settings, Distribution distribution) {
        Path folder = resolve(settings, Setting.DEPLOY_DIR, distribution);
        String where = settings.where(Setting.DEPLOY_DIR).orElse(Setting.DEPLOY_DIR.key());
        if (!Files.isDirectory(folder)) {
            throw Refusal.wrong(where + ": the deploy folder " + (Files.exists(folder) ? "is no folder: " : "doesn't exist: ") + folder);
        }
        if (!Files.isReadable(folder) || !Files.isExecutable(folder)) {
            throw Refusal.wrong(where + ": the deploy folder isn't readable for " + user() + ": " + folder);
        }
        return folder;
    }

    /**
     * The data folder, made if it isn't there: the one that is set; else the distribution's, if that can be written; else one in the
     * temporary directory that belongs to this user and deploy folder.
     */
    static Path data(ResolvedSettings settings, Distribution distribution, Path deploy, Path temporary) {
        if (!settings.text(Setting.DATA_DIR).isEmpty()) {
            Path folder = resolve(settings, Setting.DATA_DIR, distribution);
            if (!usable(folder)) {
                throw Refusal.wrong(settings.where(Setting.DATA_DIR).orElse("") + ": the data folder can't be made or isn't writable for " + user() + ": " + folder);
            }
            return folder;
        }
        return usable(distribution.data()) ? distribution.data() : temporary(deploy, temporary);
    }

    /** The data folders that runners with these settings may have, those that are there; nothing is made. Those of other users are among them, for root. */
    static List<Path> findData(ResolvedSettings settings, Distribution distribution, Path temporary) {
        if (!settings.text(Setting.DATA_DIR).isEmpty()) {
            return List.of(resolve(settings, Setting.DATA_DIR, distribution));
        }
        List<Path> found = new ArrayList<>(List.of(distribution.data()));
        String suffix = suffix(resolve(settings, Setting.DEPLOY_DIR, distribution));
        try (Stream<Path> files = Files.list(temporary)) {
            files.filter(file -> file.getFileName().toString().startsWith(TEMPORARY) && file.toString().endsWith(suffix)).sorted().forEach(found::add);
        } catch (IOException e) {
            return found; // then there is nothing of ours in it
        }
        return found;
    }

    private static String suffix(Path deploy) {
        try { // a short name for a long one
            return "-" + HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(deploy.toString().getBytes(StandardCharsets.UTF_8)), 0, 6);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every Java has it
        }
    }

    /** Makes the folder, private, if it isn't there; false if it can't be made or written. */
    private static boolean usable(Path folder) {
        try {
            Files.createDirectory(folder, asPrivate());
        } catch (FileAlreadyExistsException e) {
            // that's what is hoped for
        } catch (IOException e) {
            return false;
        }
        return Files.isDirectory(folder) && Files.isWritable(folder);
    }

    /** Anyone may write to the temporary directory, so a folder that stands there already is believed only if it is ours and ours alone. */
    private static Path temporary(Path deploy, Path temporary) {
        Path folder = temporary.resolve(TEMPORARY + user().replaceAll("[^A-Za-z0-9_.-]", "_") + suffix(deploy));
        try {
            try {
                return Files.createDirectory(folder, asPrivate());
            } catch (FileAlreadyExistsException e) {
                PosixFileAttributes is = Files.readAttributes(folder, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
                if (!is.isDirectory()) {
                    throw Refusal.wrong("the data folder isn't a folder: " + folder + "; remove it, or set " + Setting.DATA_DIR.key());
                }
                UserPrincipal me = me(temporary);
                if (!is.owner().equals(me)) {
                    throw Refusal.wrong("the data folder belongs to " + is.owner().getName() + " and not to " + me.getName() + ": " + folder + "; set "
                            + Setting.DATA_DIR.key());
                }
                if (!is.permissions().equals(PRIVATE)) {
                    throw Refusal.wrong("the data folder is open to others (" + PosixFilePermissions.toString(is.permissions()) + ", expected: rwx------): "
                            + folder + "; chmod 700 or remove it, or set " + Setting.DATA_DIR.key());
                }
                return folder;
            }
        } catch (IOException e) {
            throw Refusal.wrong("can't make a data folder: neither the distribution's data nor " + folder + " is writable for " + user() + "; set "
                    + Setting.DATA_DIR.key());
        }
    }

    /** The user of this process: the owner of what it makes. The names in system properties may be missing in a container. */
    private static UserPrincipal me(Path temporary) throws IOException {
        Path probe = Files.createTempFile(temporary, "a6runner", null);
        try {
            return Files.getOwner(probe);
        } finally {
            Files.delete(probe);
        }
    }

    /** A path of the settings; a relative one is the distribution's. */
    static Path resolve(ResolvedSettings settings, Setting setting, Distribution distribution) {
        try {
            return distribution.home().resolve(settings.text(setting)).toAbsolutePath().normalize();
        } catch (InvalidPathException e) {
            throw Refusal.wrong(settings.where(setting).orElse(setting.key()) + ": \"" + settings.text(setting) + "\" isn't a path: " + e.getReason());
        }
    }

    static FileAttribute<?> asPrivate() {
        return PosixFilePermissions.asFileAttribute(PRIVATE);
    }

    /** Who runs this, for messages. */
    static String user() {
        String name = System.getProperty("user.name", UNNAMED);
        return name.equals(UNNAMED) ? "this user" : name;
    }
}
