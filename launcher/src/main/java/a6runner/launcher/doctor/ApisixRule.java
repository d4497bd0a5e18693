// SPDX-License-Identifier: Apache-2.0
package a6runner.launcher.doctor;

import java.util.List;

/** Looks at one thing in APISIX's configuration. */
@FunctionalInterface
public interface ApisixRule {

    /** What it has found, maybe nothing. */
    List<Finding> look(ApisixConfig config);
}
