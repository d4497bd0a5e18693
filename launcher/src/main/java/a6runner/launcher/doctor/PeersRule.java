// SPDX-License-Identifier: Apache-2.0
package a6runner.launcher.doctor;

import a6runner.spi.Setting;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.util.Arrays;
import java.util.List;

/**
 * {@code nginx_config.user} against {@code socket.users}: whether the runner lets APISIX's workers in, whatever the socket's mode is. Nothing where anybody is let in.
 *
 * @param users the setting of a runner that is started from here; empty if it isn't set
 */
public record PeersRule(String users) implements ApisixRule {

    @Override
    public List<Finding> look(ApisixConfig config) {
        String said = config.said(Setting.SOCKET_USERS, "\\S+").orElse(users);
        if (said.isBlank()) {
            return List.of();
        }
        String workers = config.workers();
        String who = config.workersInWords();
        if (Arrays.stream(said.split(",")).map(String::strip).anyMatch(user -> isSame(user, workers))) {
            return List.of(Finding.ok(ApisixCheck.NAME, who + ", and socket.users lets them in"));
        }
        String what = who + ", and socket.users (" + said + ") doesn't name them: the runner closes their connections, and each call is a 503";
        String mend = "socket.users = " + said + "," + workers;
        // Where somebody else than root starts APISIX, its workers are that user's, whatever is named or not.
        return List.of(config.namedWorkers().isPresent() ? Finding.fault(ApisixCheck.NAME, what, mend)
                : Finding.warning(ApisixCheck.NAME, what, mend + "; or the user that starts APISIX, if that isn't root"));
    }

    /** As the runner takes them: by name or id. */
    private static boolean isSame(String one, String other) {
        try {
            return one.equals(other) || principal(one).equals(principal(other));
        } catch (IOException e) {
            return false; // there is no such user, which UsersCheck says
        }
    }

    private static Object principal(String user) throws IOException {
        return FileSystems.getDefault().getUserPrincipalLookupService().lookupPrincipalByName(user);
    }
}
