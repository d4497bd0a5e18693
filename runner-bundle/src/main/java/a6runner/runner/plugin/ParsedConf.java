// SPDX-License-Identifier: Apache-2.0
package a6runner.runner.plugin;

import java.util.ArrayList;
import java.util.List;

/** What a plugin version has made of one conf value, or is about to make. Any thread. */
public final class ParsedConf {

    private List<Runnable> waiting = new ArrayList<>(1); // guarded by this; null once it is done
    private volatile boolean done;
    private Object value;
    private Throwable failure;

    /** Whether parsing has ended, well or not. */
    public boolean done() {
        return done;
    }

    /** Why the plugin refuses the conf; null if it accepts it. Only once it is done. */
    public Throwable failure() {
        return failure;
    }

    /** The parsed conf. Only once it is done without failure. */
    public Object value() {
        return value;
    }

    /** Has a task run once parsing has ended, on the parsing thread, or here and now if it has. */
    public void whenDone(Runnable task) {
        synchronized (this) {
            if (waiting != null) {
                waiting.add(task);
                return;
            }
        }
        task.run();
    }

    void complete(Object newValue, Throwable newFailure) {
        List<Runnable> tasks;
        synchronized (this) {
            value = newValue;
            failure = newFailure;
            done = true;
            tasks = waiting;
            waiting = null;
        }
        tasks.forEach(Runnable::run);
    }
}
