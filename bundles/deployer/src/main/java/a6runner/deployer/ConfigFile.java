// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer;

import java.util.Map;

/**
 * A configuration file of the deploy folder: {@code PID.cfg} or {@code PID.config}; {@code PID~NAME.cfg} is one of several configurations of a factory.
 *
 * @param file the file's name
 * @param pid the PID, of the factory if there is a name
 * @param name the configuration's name within its factory; empty if it is no factory's
 * @param sha256 of the file's content
 * @param properties what it says
 */
record ConfigFile(String file, String pid, String name, String sha256, Map<String, Object> properties) {

    /** What tells this configuration from all others, whatever file it is in. */
    String key() {
        return name.isEmpty() ? pid : pid + "~" + name;
    }
}
