// SPDX-License-Identifier: Apache-2.0
package a6runner.protocol;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Fails every test after which a buffer of Netty's is still held. Found by Jupiter itself; event loops get a moment to release what they have. */
public final class NoLeaks implements AfterEachCallback {

    private static final long GRACE_NANOS = TimeUnit.SECONDS.toNanos(5);

    @Override
    public void afterEach(ExtensionContext context) {
        long deadline = System.nanoTime() + GRACE_NANOS;
        while (!OpenBuffers.isEmpty() && System.nanoTime() < deadline) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
        }
        List<Throwable> leaks = OpenBuffers.forget();
        if (!leaks.isEmpty()) {
            AssertionError error = new AssertionError(leaks.size() + " buffers were not released");
            leaks.stream().limit(5).forEach(error::addSuppressed);
            throw error;
        }
    }
}
