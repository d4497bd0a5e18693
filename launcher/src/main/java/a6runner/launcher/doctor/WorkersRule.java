// SPDX-License-Identifier: Apache-2.0
package a6runner.launcher.doctor;

import a6runner.spi.Setting;
import java.util.List;

/**
 * {@code nginx_config.user} against {@code socket.owner} and {@code socket.mode}: whether APISIX's workers may connect (APISIX.md §10: {@code nobody} where
 * APISIX is started as root).
 *
 * @param mode the setting of a runner that is started from here
 * @param owner the same; empty if it isn't set
 * @param user who runs this
 */
public record WorkersRule(String mode, String owner, String user) implements ApisixRule {

    private static final String ROOT = "root";
    private static final int OTHERS_WRITE = 2;

    @Override
    public List<Finding> look(ApisixConfig config) {
        boolean managed = !config.command().isEmpty();
        String said = config.said(Setting.SOCKET_MODE, "[0-7]+").orElse(mode);
        if ((Integer.parseInt(said, 8) & OTHERS_WRITE) != 0) {
            return List.of(Finding.ok(ApisixCheck.NAME, "workers of any user may connect (socket.mode " + said + "); let the socket's folder keep others out"));
        }
        String workers = config.workers();
        String who = config.workersInWords();
        if (config.said(Setting.SOCKET_OWNER, "\\S+").orElse(owner).equals(workers)) {
            return List.of(Finding.ok(ApisixCheck.NAME, who + ", and the socket is theirs (socket.owner)"));
        }
        if (workers.equals(managed ? ROOT : user)) {
            return List.of(Finding.ok(ApisixCheck.NAME, who + ", as the runner does"));
        }
        String runner = managed ? "the user that starts APISIX, often root" : user;
        String mend = managed ? "socket.owner = " + workers + " where root starts APISIX" : user.equals(ROOT) ? "socket.owner = " + workers : "a common group, by socket.group";
        return List.of(Finding.warning(ApisixCheck.NAME, who + ", the runner as " + runner + ": with socket.mode " + said
                + " they can connect only if they are in the group of the socket", mend + "; or socket.mode = 0666 and a folder that keeps others out"));
    }
}
