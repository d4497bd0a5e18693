// SPDX-License-Identifier: Apache-2.0
package a6runner.launcher.doctor;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * {@code nginx_config.envs}: a runner that APISIX starts gets a PATH, APISIX's own two variables, and what is named there (APISIX.md §10).
 *
 * @param environment the variables of this process
 */
public record VariablesRule(Map<String, String> environment) implements ApisixRule {

    @Override
    public List<Finding> look(ApisixConfig config) {
        if (config.command().isEmpty()) {
            return List.of();
        }
        Set<String> missing = new TreeSet<>();
        for (String name : environment.keySet()) {
            if ((name.startsWith("A6RUNNER_") || name.equals("JAVA_HOME"))
                    && config.variables().stream().noneMatch(named -> named.equals(name) || named.startsWith(name + "="))) {
                missing.add(name);
            }
        }
        if (missing.isEmpty()) {
            return List.of();
        }
        return List.of(Finding.warning(ApisixCheck.NAME, String.join(", ", missing) + (missing.size() == 1 ? " is" : " are")
                + " set here, and a runner that APISIX starts doesn't get " + (missing.size() == 1 ? "it" : "them"),
                "nginx_config: {envs: [" + String.join(", ", missing) + "]}, and set them where APISIX is started; or use conf/a6runner.properties"));
    }
}
