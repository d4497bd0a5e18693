// SPDX-License-Identifier: Apache-2.0
package a6runner.runner.conf;

import a6runner.runner.fake.LogLines;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.apache.apisix.plugin.runner.A6Conf;
import org.apache.apisix.plugin.runner.A6ConfigWatcher;
import org.junit.jupiter.api.Test;

import static a6runner.runner.fake.Await.latch;
import static a6runner.runner.fake.Await.until;
import static org.assertj.core.api.Assertions.assertThat;

class ConfWatchersTest {

    private final ConfWatchers watchers = new ConfWatchers();

    private static A6ConfigWatcher watcher(java.util.function.LongConsumer action) {
        return new A6ConfigWatcher() {
            @Override
            public String name() {
                return "watcher";
            }

            @Override
            public void watch(long confToken, A6Conf conf) {
                action.accept(confToken);
            }
        };
    }

    @Test
    void tellsInOrderWithoutWaiting() {
        List<Long> seen = new CopyOnWriteArrayList<>();
        CountDownLatch go = new CountDownLatch(1);
        watchers.add(watcher(token -> {
            latch(go);
            seen.add(token);
        }));
        for (long token = 1; token <= 100; token++) {
            watchers.tell(token, null);
        }
        assertThat(seen).isEmpty();
        go.countDown();
        until("all told", () -> seen.size() == 100);
        assertThat(seen).isSorted();
    }

    @Test
    void isNotHeldUpByAWatcherThatHangs() {
        List<Long> seen = new CopyOnWriteArrayList<>();
        CountDownLatch never = new CountDownLatch(1);
        A6ConfigWatcher hanging = watcher(token -> latch(never));
        watchers.add(hanging);
        watchers.add(watcher(seen::add));
        watchers.tell(7, null);
        until("the other one told", () -> seen.contains(7L));
        watchers.remove(hanging); // interrupts it
    }

    @Test
    void logsWhatAWatcherThrowsAndGoesOn() {
        List<Long> seen = new CopyOnWriteArrayList<>();
        try (LogLines log = new LogLines()) {
            watchers.add(watcher(token -> {
                seen.add(token);
                throw new LinkageError("of the watcher");
            }));
            watchers.tell(4_294_967_295L, null);
            watchers.tell(2, null);
            until("both told", () -> seen.size() == 2 && log.with("ERROR", "threw").size() == 2);
            assertThat(log.with("token 4294967295", "[java.lang.LinkageError]")).hasSize(1);
        }
    }

    @Test
    void tellsAWatcherNothingOnceItIsGone() {
        List<Long> seen = new CopyOnWriteArrayList<>();
        A6ConfigWatcher watcher = watcher(seen::add);
        watchers.add(watcher);
        assertThat(watchers.isEmpty()).isFalse();
        watchers.remove(watcher);
        watchers.remove(watcher);
        assertThat(watchers.isEmpty()).isTrue();
        watchers.tell(1, null);
        assertThat(seen).isEmpty();
    }
}
