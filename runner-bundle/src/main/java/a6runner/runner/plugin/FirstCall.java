// SPDX-License-Identifier: Apache-2.0
package a6runner.runner.plugin;

import a6runner.runner.conf.PreparedConf;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * The call that goes ahead of a switch. What runs for the first time takes milliseconds, for the JVM links each place in the code when it comes by: so one call of each phase goes through
 * the new versions while all others still get those before, and the first answer is the moment of the switch. Any thread; lives as long as the switch is waited for.
 */
public final class FirstCall {

    /**
     * How long a switch waits.
     *
     * @param comesMillis until the call is there: where none comes in this time, hardly another one would wait behind the first
     * @param runsMillis until it is about to be answered: what takes longer is no code that is linked, but a plugin that waits for somebody
     */
    public record Patience(long comesMillis, long runsMillis) {

        /** What switches are made with. */
        public static final Patience USUAL = new Patience(10, 250);
    }

    /** What a call is of. */
    public enum Phase {
        REQUEST,
        RESPONSE
    }

    private final PluginSnapshot next;
    private final Set<PluginVersion> fresh;
    private final Patience patience;
    private final Consumer<FirstCall> switchOver;
    private final AtomicBoolean[] taken = {new AtomicBoolean(), new AtomicBoolean()}; // by phase
    private final CountDownLatch came = new CountDownLatch(1);
    private final CountDownLatch over = new CountDownLatch(1);

    /**
     * A first call that is yet to come.
     *
     * @param next what is switched to
     * @param fresh what of it no call has come to yet
     * @param patience how long {@link #await} waits
     * @param switchOver does that; called on an event loop
     */
    FirstCall(PluginSnapshot next, Set<PluginVersion> fresh, Patience patience, Consumer<FirstCall> switchOver) {
        this.next = next;
        this.fresh = fresh;
        this.patience = patience;
        this.switchOver = switchOver;
    }

    /** Whether a call of this conf is it; then it has to say when it is {@link #answered}. On the call's loop. */
    public boolean is(Phase phase, PreparedConf conf) {
        AtomicBoolean mine = taken[phase.ordinal()];
        if (mine.get() || next.awaits(conf) || conf.content().entries().stream().anyMatch(entry -> next.find(entry.name()) == null)
                || conf.content().entries().stream().noneMatch(entry -> fresh.contains(next.find(entry.name())))) {
            return false;
        }
        boolean first = mine.compareAndSet(false, true);
        if (first) {
            came.countDown();
        }
        return first;
    }

    /** The plugins that it gets, and all others after it. */
    public PluginSnapshot snapshot() {
        return next;
    }

    /** It is about to be answered, well or not. On the call's loop. */
    public void answered() {
        switchOver.accept(this);
    }

    /** The switch is done: nobody has to wait any more. */
    void over() {
        came.countDown();
        over.countDown();
    }

    /** Waits for the switch, but not long: false if it is still to be done. */
    boolean await() {
        try {
            return came.await(patience.comesMillis(), TimeUnit.MILLISECONDS) && over.await(patience.runsMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
