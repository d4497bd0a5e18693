// SPDX-License-Identifier: Apache-2.0
package a6runner.launcher.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Who may connect to the socket that is there, and who may put another one in its place.
 *
 * @param socket the address's path
 * @param mode what the settings say of its permissions
 */
public record SocketCheck(Path socket, String mode) implements Check {

    private static final String NAME = "socket";

    @Override
    public List<Finding> look() {
        List<Finding> findings = new ArrayList<>();
        findings.add(folder(socket.toAbsolutePath().getParent()));
        if (Files.exists(socket, LinkOption.NOFOLLOW_LINKS)) {
            findings.add(file());
        }
        return findings;
    }

    private static Finding folder(Path folder) {
        try {
            PosixFileAttributes is = Files.readAttributes(folder, PosixFileAttributes.class);
            Set<PosixFilePermission> may = is.permissions();
            String says = folder + " (" + is.owner().getName() + ":" + is.group().getName() + " " + PosixFilePermissions.toString(may) + ")";
            if (may.contains(PosixFilePermission.OTHERS_WRITE)) {
                boolean sticky = ((int) Files.getAttribute(folder, "unix:mode") & 01000) != 0;
                return sticky
                        ? Finding.warning(NAME, "anybody may make files in the socket's folder " + says + ", and so take the address before the runner does",
                                "give the socket a folder of its own, which only the runner's user can write")
                        : Finding.fault(NAME, "anybody may replace the socket in its folder " + says + ", and so get all requests",
                                "chmod o-w " + folder);
            }
            if (!may.contains(PosixFilePermission.OTHERS_EXECUTE)) {
                boolean group = may.contains(PosixFilePermission.GROUP_EXECUTE);
                String who = is.owner().getName() + (group ? " and group " + is.group().getName() : "");
                return new Finding(Finding.Severity.NOTE, NAME, "others than " + who + " can't enter the socket's folder " + says + ": APISIX's workers must be "
                        + (group ? "one of them" : "that user"), "if they aren't: chmod o+x " + folder + "; socket.mode says then who may call");
            }
            return Finding.ok(NAME, "anybody may enter the socket's folder, and nobody else may change it: " + says);
        } catch (IOException | UnsupportedOperationException e) {
            return Finding.fault(NAME, "the socket's folder can't be looked at: " + e, "make it, or let this user see it");
        }
    }

    private Finding file() {
        try {
            PosixFileAttributes is = Files.readAttributes(socket, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            String says = is.owner().getName() + ":" + is.group().getName() + " " + PosixFilePermissions.toString(is.permissions());
            if (is.permissions().contains(PosixFilePermission.OTHERS_WRITE)) {
                return Finding.note(NAME, "anybody who may enter the folder may call the runner (" + says + ")");
            }
            if (is.permissions().contains(PosixFilePermission.GROUP_WRITE)) {
                return Finding.note(NAME, "user " + is.owner().getName() + " and group " + is.group().getName() + " may call the runner (" + says
                        + "): APISIX's workers must be one of them; socket.mode is " + mode);
            }
            return Finding.note(NAME, "nobody but user " + is.owner().getName() + " may call the runner (" + says + "): APISIX's workers must be that user; socket.mode is "
                    + mode);
        } catch (IOException e) {
            return Finding.warning(NAME, "the socket can't be looked at: " + e, "");
        }
    }
}
