// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer;

import a6runner.spi.CommandFailure;
import org.osgi.framework.Version;

/** The command {@code a6:retire NAME VERSION}: takes a version that confs pin out of service. Any thread; waits for the deployer's. */
public final class RetireCommand {

    private final Deployer deployer;

    RetireCommand(Deployer deployer) {
        this.deployer = deployer;
    }

    /**
     * Retires a version.
     *
     * @param name a plugin's, or a bundle's symbolic name
     * @param version the bundle's, in full
     * @throws CommandFailure if no such version is pinned
     */
    public String retire(String name, String version) throws InterruptedException {
        try {
            Version.parseVersion(version);
        } catch (IllegalArgumentException e) {
            throw new CommandFailure(CommandFailure.USAGE, version + " (expected: a version, such as 1.2.0)");
        }
        return Answers.await(done -> deployer.retire(name, version, done));
    }

    @Override
    public String toString() {
        return "NAME VERSION: takes a version out of service that is there because confs pin it; their calls are refused unless another version satisfies them";
    }
}
