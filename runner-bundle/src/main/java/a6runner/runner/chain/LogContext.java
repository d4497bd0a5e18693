// SPDX-License-Identifier: Apache-2.0
package a6runner.runner.chain;

import a6runner.runner.plugin.PluginVersion;
import a6runner.runner.plugin.WorkerThread;
import java.util.function.Supplier;
import org.osgi.service.component.annotations.Component;

/**
 * What the calling thread works on, for the log: {@code plugin=NAME request=ID} while a plugin's code runs there, else "". Asked when a line is logged, so
 * that a call in which nothing is logged pays nothing for it. A service under a type of the JDK's, since the launcher, which writes the log, sees no class of
 * ours. Any thread.
 */
@Component(service = Supplier.class, property = "a6runner.log=context")
public final class LogContext implements Supplier<String> {

    /** The key, here and in slf4j's MDC, of APISIX's number of a call. */
    static final String REQUEST = "request";

    @Override
    public String get() {
        CallRun run = LoopRuns.callHere();
        if (run == null && WorkerThread.work() instanceof CallRun work) {
            run = work;
        }
        PluginVersion plugin = run == null ? null : run.plugin();
        return plugin == null ? "" : "plugin=" + plugin.name() + " " + REQUEST + "=" + run.requestId();
    }
}
