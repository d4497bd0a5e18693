// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer.sample;

import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;

/** Fails to start. */
public final class ThrowingActivator implements BundleActivator {

    @Override
    public void start(BundleContext context) {
        throw new IllegalStateException("no database");
    }

    @Override
    public void stop(BundleContext context) {}
}
