// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer.sample;

import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;

/** Hangs in its start until it is interrupted. */
public final class SleepingActivator implements BundleActivator {

    @Override
    public void start(BundleContext context) throws InterruptedException {
        Thread.sleep(Long.MAX_VALUE);
    }

    @Override
    public void stop(BundleContext context) {}
}
