// SPDX-License-Identifier: Apache-2.0
package a6runner.launcher;

import a6runner.launcher.log.LogSetup;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Stream;
import org.osgi.framework.BundleException;

/**
 * The end of a run, as the shutdown hook: SIGTERM, SIGINT, the end of stdin or of the parent ({@link Leave}), a failed start, a framework stopped from
 * inside all come here. The end is bounded, as a plugin may refuse to stop; and a second signal cuts it short.
 */
final class Stop implements Runnable {

    /** Beyond what calls in flight are given: for plugins to deactivate and bundles to stop. */
    private static final Duration REST = Duration.ofSeconds(5);
    private static final String STOPPING_THREAD = "FelixStartLevel";

    private final Core core;
    private final FrameworkCache cache;
    private final Duration limit;
    private volatile boolean begun;
    private volatile boolean announced;
    private volatile boolean done;

    private Stop(Core core, FrameworkCache cache, Duration drain) {
        this.core = core;
        this.cache = cache;
        limit = drain.plus(REST);
    }

    /** Sets the hook; {@code drain} is the time that calls in flight are given. Where a signal came before, the end has begun already. */
    static Stop atShutdown(Core core, FrameworkCache cache, Duration drain) {
        Stop stop = new Stop(core, cache, drain);
        try {
            Runtime.getRuntime().addShutdownHook(new Thread(stop, "a6runner-stop"));
        } catch (IllegalStateException e) {
            stop.begun = true; // by Java's own handler of signals: nothing is there yet that would have to be stopped
            cache.delete();
        }
        return stop;
    }

    /** From here on the end is said in a line, as the start was. */
    void announce() {
        announced = true;
    }

    /** Whether the end has begun. */
    boolean hasBegun() {
        return begun;
    }

    /** Ends the process here and now: calls in flight get no answer. Doesn't return. */
    void now(String why, int exitCode) {
        System.err.println("a6runner: " + why + ": ended at once, calls in flight get no answer");
        LogSetup.flush();
        cache.delete();
        Runtime.getRuntime().halt(exitCode);
    }

    @Override
    public void run() {
        begun = true;
        Thread work = new Thread(this::stopAll, "a6runner-stopping");
        work.setDaemon(true);
        work.start();
        try {
            work.join(limit.toMillis());
        } catch (InterruptedException e) {
            // then it ends here
        }
        if (!done) {
            System.err.println("a6runner: gave up stopping after " + limit.toSeconds() + " s: a plugin or a bundle doesn't stop" + where());
            cache.delete();
            LogSetup.flush();
            Runtime.getRuntime().halt(Refusal.FAILED);
        }
    }

    /** Where the framework's thread is that stops bundles one by one, if that is in somebody's own code. */
    private static String where() {
        return Thread.getAllStackTraces().entrySet().stream().filter(entry -> entry.getKey().getName().equals(STOPPING_THREAD)).flatMap(entry -> Arrays.stream(entry.getValue()))
                .filter(frame -> Stream.of("java.", "jdk.", "sun.", "org.apache.felix.").noneMatch(frame.getClassName()::startsWith)).findFirst().map(frame -> ", at " + frame)
                .orElse("");
    }

    private void stopAll() {
        try {
            if (!core.stop(limit)) {
                return;
            }
        } catch (BundleException | InterruptedException | RuntimeException e) {
            System.err.println("a6runner: while stopping: " + Core.oneLine(e));
        }
        cache.delete();
        if (announced) {
            LogSetup.say("a6runner stopped");
        }
        LogSetup.flush();
        done = true;
    }
}
