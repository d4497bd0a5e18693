// SPDX-License-Identifier: Apache-2.0
package a6runner.launcher.doctor;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * APISIX's {@code config.yaml}: whether it can be read, then what each rule finds in it.
 *
 * @param file the file
 * @param rules what is looked at in it
 */
public record ApisixCheck(Path file, List<ApisixRule> rules) implements Check {

    static final String NAME = "apisix";

    @Override
    public List<Finding> look() {
        try {
            ApisixConfig config = ApisixConfig.read(file);
            List<Finding> findings = new ArrayList<>();
            rules.forEach(rule -> findings.addAll(rule.look(config)));
            return findings;
        } catch (ApisixConfig.Unreadable e) {
            return List.of(Finding.fault(NAME, e.getMessage(), "name APISIX's conf/config.yaml, and mend what APISIX couldn't read either"));
        }
    }
}
