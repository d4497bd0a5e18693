// SPDX-License-Identifier: Apache-2.0
package a6runner.itests.upgrades;

import a6runner.itests.Await;
import a6runner.itests.RunnerProcess;
import a6runner.testkit.A6Client;
import a6runner.testkit.ExtraInfoAnswers;
import a6runner.testkit.Reply;
import a6runner.testkit.wire.Entry;
import a6runner.testkit.wire.HttpReqCall;
import a6runner.testkit.wire.Text;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Connections that each have a call of {@link Versioned} outstanding at any time, three steps long. Builds are named by rising numbers, and every answer is
 * held against what was seen when its call began. Any thread may ask for the counts; {@link #end} before the last look at them.
 */
final class Callers implements AutoCloseable {

    /** Plugin, value, plugin, value …; the step in the middle waits for an answer from APISIX. */
    private static final String[] VALUES = {Versioned.PLAIN, Versioned.ASK, Versioned.PLAIN};
    private static final int NAMES = 6;

    private final List<Thread> threads = new ArrayList<>();
    private final AtomicInteger newest = new AtomicInteger();
    private final AtomicInteger answered = new AtomicInteger();
    private final Queue<String> failed = new ConcurrentLinkedQueue<>();
    private final Queue<String> mixed = new ConcurrentLinkedQueue<>();
    private final Queue<String> wentBack = new ConcurrentLinkedQueue<>();
    private volatile boolean closing;

    /** Begins. */
    Callers(RunnerProcess runner, int connections) {
        this(runner, connections, "route#1#ext-plugin-pre-req", Versioned.NAME);
    }

    /** Begins, with a conf that has this key and names the plugin so. */
    Callers(RunnerProcess runner, int connections, String key, String name) {
        String[] conf = Arrays.stream(VALUES).flatMap(value -> Stream.of(name, value)).toArray(String[]::new);
        for (int i = 0; i < connections; i++) {
            Thread thread = new Thread(() -> run(runner, key, conf), "caller-" + i);
            threads.add(thread);
            thread.start();
        }
    }

    private void run(RunnerProcess runner, String key, String[] conf) {
        try (A6Client apisix = runner.connect()) {
            long token = apisix.prepare(key, Entry.list(conf));
            for (int id = 1; !closing; id++) {
                int before = newest.get();
                HttpReqCall.Req request = new HttpReqCall.Req(id, new byte[] {127, 0, 0, 1}, 0, Text.of("/"), List.of(), List.of(), token);
                judge(before, id, apisix.call(request, ExtraInfoAnswers.none().withVar("request_id", "1")).reply());
            }
        } catch (IOException | RuntimeException | Error e) {
            failed.add(e.toString());
        }
    }

    private void judge(int before, int id, Reply reply) {
        if (!(reply instanceof Reply.Rewrite rewrite) || rewrite.message().id() != id) {
            failed.add("call " + id + ": " + reply);
            return;
        }
        List<String> builds = rewrite.action().headers().stream().filter(entry -> entry.isNamed(Versioned.HEADER))
                .flatMap(entry -> Arrays.stream(entry.value().toString().split(","))).toList();
        if (!builds.equals(Collections.nCopies(NAMES, builds.isEmpty() ? "" : builds.get(0)))) {
            mixed.add("call " + id + ": " + builds);
            return;
        }
        int build = Integer.parseInt(builds.get(0));
        if (build < before) {
            wentBack.add("call " + id + ": build " + build + ", begun when " + before + " had been seen");
        }
        newest.accumulateAndGet(build, Math::max);
        answered.incrementAndGet();
    }

    /** Waits for the first answer by this build or a later one. */
    void awaitBuild(int build) {
        Await.until("build " + build + " after " + newest + "; failed: " + failed, () -> newest.get() >= build || !failed.isEmpty());
        assertThat(failed).as("failed calls while build %d was waited for", build).isEmpty();
    }

    /** Waits until so many more calls have been answered. */
    void awaitAnswered(int more) {
        int enough = answered.get() + more;
        Await.until(more + " more answers; failed: " + failed, () -> answered.get() >= enough || !failed.isEmpty());
    }

    /** The latest build that has answered. */
    int newest() {
        return newest.get();
    }

    /** Calls that were answered, all their steps by one build. */
    int answered() {
        return answered.get();
    }

    /** Calls that were not answered, or otherwise than by going on with the header. */
    Queue<String> failed() {
        return failed;
    }

    /** Calls that more than one build had a part in. */
    Queue<String> mixed() {
        return mixed;
    }

    /** Calls that an older build answered than one that had been seen before they began. */
    Queue<String> wentBack() {
        return wentBack;
    }

    /** Ends the calls and waits for those under way. */
    void end() {
        closing = true;
        try {
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        end();
    }
}
