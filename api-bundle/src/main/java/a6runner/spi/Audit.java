// SPDX-License-Identifier: Apache-2.0
package a6runner.spi;

import org.osgi.annotation.versioning.ProviderType;

/**
 * Takes down what changed in the runner, and through whom: a line each in {@code audit.log} in the data folder. A service of the deployer's; there is none where
 * that isn't up.
 *
 * <p>Any thread; blocks for writing a line.
 */
@ProviderType
public interface Audit {

    /**
     * Takes down a change. What can't be written is told in the log; nothing is thrown.
     *
     * @param change what was done, a verb such as {@code disable}
     * @param what it was done to: a bundle with its version, a plugin's name
     * @param sha256 of its content; empty if it has none
     * @param from which file or command it came from, such as {@code command disable}
     * @param outcome what came of it
     */
    void record(String change, String what, String sha256, String from, String outcome);
}
