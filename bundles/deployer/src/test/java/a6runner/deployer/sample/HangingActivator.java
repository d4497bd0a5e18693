// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer.sample;

import java.util.concurrent.CountDownLatch;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;

/** Hangs in its start, and heeds no interrupt, until the latch that the test left in the system properties opens. */
public final class HangingActivator implements BundleActivator {

    @Override
    public void start(BundleContext context) {
        CountDownLatch latch = (CountDownLatch) System.getProperties().get("a6runner.test.latch");
        while (latch.getCount() > 0) {
            try {
                latch.await();
            } catch (InterruptedException e) {
                continue;
            }
        }
    }

    @Override
    public void stop(BundleContext context) {}
}
