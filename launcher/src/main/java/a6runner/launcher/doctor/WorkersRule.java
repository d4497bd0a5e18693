// SPDX-License-Identifier: Apache-2.0
package a6runner.launcher.doctor;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code nginx_config.user} against {@code socket.mode}: whether APISIX's workers may connect (APISIX.md §10: {@code nobody} where APISIX is started as root).
 *
 * @param mode the setting of a runner that is started from here
 * @param user who runs this
 */
public record WorkersRule(String mode, String user) implements ApisixRule {

    private static final Pattern SET_MODE = Pattern.compile("(?:^|.* )socket\\.mode\\s*=\\s*([0-7]+)(?: .*|$)");
    private static final int OTHERS_WRITE = 2;

    @Override
    public List<Finding> look(ApisixConfig config) {
        boolean managed = !config.command().isEmpty();
        Matcher set = SET_MODE.matcher(String.join(" ", config.command()));
        String said = set.matches() ? set.group(1) : mode;
        if ((Integer.parseInt(said, 8) & OTHERS_WRITE) != 0) {
            return List.of(Finding.ok(ApisixCheck.NAME, "workers of any user may connect (socket.mode " + said + "); let the socket's folder keep others out"));
        }
        Optional<String> workers = config.at("nginx_config", "user").map(String::valueOf);
        String runner = managed ? "the user that starts APISIX, often root" : user;
        if (workers.isPresent() && workers.get().equals(managed ? "root" : user)) {
            return List.of(Finding.ok(ApisixCheck.NAME, "workers run as " + workers.get() + " (nginx_config.user), as the runner does"));
        }
        String who = workers.map(name -> "workers run as " + name + " (nginx_config.user)").orElse("workers run as nobody where APISIX is started as root");
        return List.of(Finding.warning(ApisixCheck.NAME, who + ", the runner as " + runner + ": with socket.mode " + said
                + " they can connect only if they are in the group of the socket", (managed ? "socket.owner = " + workers.orElse("nobody") + " where root starts APISIX" : "a common group, by socket.group")
                + "; or socket.mode = 0666 and a folder that keeps others out"));
    }
}
