// SPDX-License-Identifier: Apache-2.0
package a6runner.launcher.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;

/**
 * {@code nginx_config.user} against the folders above the socket: whether APISIX's workers can get there at all.
 *
 * @param socket the runner's address; null if it isn't known
 */
public record WayRule(Path socket) implements ApisixRule {

    private static final String ROOT = "root"; // whom no mode keeps out

    @Override
    public List<Finding> look(ApisixConfig config) {
        String workers = config.workers();
        if (socket == null || !Files.isDirectory(socket.toAbsolutePath().getParent()) || workers.equals(ROOT)) {
            return List.of();
        }
        try {
            for (Path folder = socket.toAbsolutePath().getParent().toRealPath(); folder != null; folder = folder.getParent()) {
                PosixFileAttributes is = Files.readAttributes(folder, PosixFileAttributes.class);
                Set<PosixFilePermission> may = is.permissions();
                boolean own = is.owner().getName().equals(workers);
                if (!may.contains(own ? PosixFilePermission.OWNER_EXECUTE : PosixFilePermission.OTHERS_EXECUTE)) {
                    return List.of(closed(config, folder, is, own));
                }
            }
            return List.of();
        } catch (IOException | UnsupportedOperationException e) {
            return List.of(); // SocketCheck says that it can't be looked at
        }
    }

    private static Finding closed(ApisixConfig config, Path folder, PosixFileAttributes is, boolean own) {
        String says = folder + " (" + is.owner().getName() + ":" + is.group().getName() + " " + PosixFilePermissions.toString(is.permissions()) + "), on the way to the socket";
        String workers = config.workers();
        if (!own && is.permissions().contains(PosixFilePermission.GROUP_EXECUTE)) {
            return Finding.warning(ApisixCheck.NAME, config.workersInWords() + ", and can enter " + says + ", only if they are in its group",
                    "usermod -aG " + is.group().getName() + " " + workers + ", or chmod o+x " + folder);
        }
        String what = config.workersInWords() + ", and can't enter " + says + ": each call is a 503";
        String mend = "chmod " + (own ? "u" : "o") + "+x " + folder + ", or give the socket a folder elsewhere";
        // Where somebody else than root starts APISIX, its workers are that user's, whatever is named or not.
        return config.namedWorkers().isPresent() ? Finding.fault(ApisixCheck.NAME, what, mend) : Finding.warning(ApisixCheck.NAME, what, mend);
    }
}
