// SPDX-License-Identifier: Apache-2.0
package a6runner.runner.conf;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.apisix.plugin.runner.A6Conf;
import org.apache.apisix.plugin.runner.A6ConfigWatcher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells each {@link A6ConfigWatcher} of new confs, on a thread of its own, in order: one that hangs holds up nobody. Any thread, never blocks. */
public final class ConfWatchers {

    private static final Logger LOG = LoggerFactory.getLogger(ConfWatchers.class);
    private static final int MAX_WAITING = 10_000;

    private final Map<A6ConfigWatcher, ThreadPoolExecutor> watchers = new ConcurrentHashMap<>();

    /** A watcher has come. */
    public void add(A6ConfigWatcher watcher) {
        ThreadPoolExecutor executor = new ThreadPoolExecutor(1, 1, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(MAX_WAITING), task -> {
            Thread thread = new Thread(task, "a6runner-conf-watcher");
            thread.setDaemon(true);
            return thread;
        });
        executor.allowCoreThreadTimeOut(true);
        watchers.put(watcher, executor);
    }

    /** A watcher goes. */
    public void remove(A6ConfigWatcher watcher) {
        ThreadPoolExecutor executor = watchers.remove(watcher);
        if (executor != null) {
            executor.shutdownNow();
        }
    }

    /** Whether there is any. */
    public boolean isEmpty() {
        return watchers.isEmpty();
    }

    /** A conf has come. */
    public void tell(long token, A6Conf conf) {
        watchers.forEach((watcher, executor) -> {
            try {
                executor.execute(() -> tell(watcher, token, conf));
            } catch (RejectedExecutionException e) {
                LOG.warn("a conf watcher ({}) has {} confs waiting already; it is not told of the conf with token {}", watcher.getClass().getName(),
                        executor.getQueue().size(), token);
            }
        });
    }

    private static void tell(A6ConfigWatcher watcher, long token, A6Conf conf) {
        try {
            watcher.watch(token, conf);
        } catch (Throwable e) {
            LOG.error("the conf watcher {} threw on the conf with token {}", watcher.getClass().getName(), token, e);
        }
    }
}
