// SPDX-License-Identifier: Apache-2.0
package a6runner.launcher;

import a6runner.launcher.doctor.Finding;
import a6runner.launcher.doctor.OpenFolders;
import a6runner.launcher.doctor.UsersCheck;
import a6runner.spi.Setting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who besides us could get at a runner: by its folders, and by its socket. Reads a few files' attributes; what stands in no file system is of no interest. */
final class Surroundings {

    private static final int OTHERS_WRITE = 02;
    private static final String DENY = "deny";
    private static final String OWN_CODE = "change the runner's own code";

    private Surroundings() {
    }

    /** What is to be looked at before a start; {@code doctor} looks at the same. */
    static OpenFolders folders(Distribution distribution, Path config, Path deploy, Path data) {
        return new OpenFolders()
                .closed(deploy, "put a plugin into the deploy folder, and so run code in the runner")
                .closed(data, "change the runner's copies of plugins, and so run code in it")
                .closed(config, "change the runner's settings")
                .doubted(distribution.lib(), OWN_CODE)
                .doubted(distribution.launcher(), OWN_CODE)
                .doubted(distribution.coreBundles(), OWN_CODE);
    }

    /** The folder of an address, {@code unix:/path}. */
    static Path folderOf(String address) {
        return Path.of(address.substring(ListenAddress.SCHEME.length())).getParent();
    }

    /** Ends the start by a line if there is no such user or group as a setting names. */
    static void checkUsers(ResolvedSettings settings) {
        List<String> names = Stream.of(Setting.SOCKET_OWNER, Setting.SOCKET_GROUP, Setting.SOCKET_USERS).map(settings::text).toList();
        if (names.stream().anyMatch(name -> !name.isEmpty())) {
            new UsersCheck(names.get(0), names.get(1), names.get(2)).look().stream().findFirst().ifPresent(missing -> {
                throw Refusal.wrong(missing.what() + "; " + missing.mend());
            });
        }
    }

    /** Ends the start by a line if there is a fault, unless {@code folders.open} says to warn of it; logs what else is wrong. */
    static void check(OpenFolders folders, ResolvedSettings settings) {
        List<Finding> wrong = folders.wrong();
        List<Finding> faults = wrong.stream().filter(finding -> finding.severity() == Finding.Severity.FAULT).toList();
        if (!faults.isEmpty() && settings.text(Setting.OPEN_FOLDERS).equals(DENY)) {
            String more = faults.size() == 1 ? "" : " (and " + (faults.size() - 1) + " more; a6runner doctor lists them)";
            throw Refusal.wrong(faults.get(0).what() + "; " + faults.get(0).mend() + ", or set " + Setting.OPEN_FOLDERS.key() + " = warn" + more);
        }
        if (!wrong.isEmpty()) {
            Logger log = LoggerFactory.getLogger(Surroundings.class);
            wrong.forEach(finding -> log.warn("{} (mend: {})", finding.what(), finding.mend()));
        }
    }

    /**
     * What to add to the start line where root has been started by APISIX and nobody but root may open the socket: the setting that lets its workers in. Empty
     * in all other cases.
     */
    static String shutOut(ResolvedSettings settings, boolean managed) {
        boolean given = !settings.text(Setting.SOCKET_OWNER).isEmpty() || !settings.text(Setting.SOCKET_GROUP).isEmpty();
        boolean open = (Integer.parseInt(settings.text(Setting.SOCKET_MODE), 8) & OTHERS_WRITE) != 0;
        return managed && !given && !open && isRoot()
                ? "; only root may call it: unless nginx_config.user is root, let APISIX's workers in with " + Setting.SOCKET_OWNER.key() + "=nobody" : "";
    }

    private static boolean isRoot() {
        try {
            return (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0;
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }
}
