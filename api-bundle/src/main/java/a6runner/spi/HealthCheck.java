// SPDX-License-Identifier: Apache-2.0
package a6runner.spi;

import org.osgi.annotation.versioning.ProviderType;

/**
 * Something that must be well for the runner to serve: a service of whoever knows, asked by the shell's {@code health} and so by the probes of a container
 * platform, every few seconds. Any thread; never blocks.
 */
@ProviderType
public interface HealthCheck {

    /** The one that says whether APISIX can connect. */
    String SOCKET = "socket";
    /** The one that says whether the deploy folder's files serve. */
    String DEPLOY = "deploy";

    /**
     * How it is.
     *
     * @param well whether calls are served as they should be, as far as this one knows
     * @param says a few words for the operator: what is well, or what isn't and why
     */
    record Health(boolean well, String says) {
    }

    /** Its name, a word. */
    String name();

    /** How it is now. */
    Health look();
}
