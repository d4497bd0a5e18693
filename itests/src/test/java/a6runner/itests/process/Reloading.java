// SPDX-License-Identifier: Apache-2.0
package a6runner.itests.process;

import a6runner.itests.Await;
import a6runner.itests.Distribution;
import a6runner.itests.Folder;
import a6runner.itests.RunnerProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The runners that one APISIX starts one after the other on one address, as its privileged agent does it (APISIX.md §10). Ends all of them. */
final class Reloading implements AutoCloseable {

    private static final Duration START = Duration.ofSeconds(60); // beside calls at full rate
    private static final long BEFORE_SIGTERM_MILLIS = 20;
    private static final long BEFORE_SIGKILL_MILLIS = 1_000;

    private final Path folder = Folder.createShort();
    private final Path socket = folder.resolve("s");
    private final List<RunnerProcess> started = new ArrayList<>();
    private final Map<RunnerProcess, ProcessHandle> machines = new HashMap<>();

    private final String transport;

    Reloading() {
        this("auto");
    }

    Reloading(String transport) {
        this.transport = transport;
    }

    Path socket() {
        return socket;
    }

    /** A runner as APISIX starts it, yet to be started. */
    RunnerProcess.Starter starter() {
        return Distribution.packed().runner().at(socket).managed().deploying("noop", "add-header", "stop-request")
                .setting("transport", transport).setting("data.dir", folder.resolve("data-" + started.size()).toString());
    }

    /** Starts one and waits until it listens. */
    RunnerProcess start(RunnerProcess.Starter starter) {
        RunnerProcess runner = launch(starter);
        awaitListening(runner);
        return runner;
    }

    /** Starts one and doesn't wait. */
    RunnerProcess launch(RunnerProcess.Starter starter) {
        RunnerProcess runner = starter.launch();
        started.add(runner);
        Await.until("the script has started its JVM", () -> {
            runner.process().children().filter(Reloading::isJava).forEach(machine -> machines.put(runner, machine)); // the script has other children before
            return machines.containsKey(runner) || !runner.process().isAlive();
        });
        return runner;
    }

    private static boolean isJava(ProcessHandle process) {
        return process.info().command().orElse("").endsWith("/java");
    }

    static void awaitListening(RunnerProcess runner) {
        Await.within(START, () -> "the start line in: " + runner.log(), () -> runner.lines().stream().anyMatch(line -> line.startsWith("a6runner ") && line.contains(" listening on ")));
    }

    /** The JVM of a runner that was started here, be its script alive or not. */
    ProcessHandle machine(RunnerProcess runner) {
        return machines.get(runner);
    }

    /** APISIX's reload, from its first act to its last: starts another, tells the old one to stop, and kills its script if it is still there a second later. */
    RunnerProcess reload(RunnerProcess old) throws InterruptedException {
        RunnerProcess next = launch(starter());
        TimeUnit.MILLISECONDS.sleep(BEFORE_SIGTERM_MILLIS);
        old.terminate();
        if (!old.process().waitFor(BEFORE_SIGKILL_MILLIS, TimeUnit.MILLISECONDS)) {
            old.kill();
        }
        return next;
    }

    @Override
    public void close() {
        try {
            machines.values().forEach(ProcessHandle::destroyForcibly);
            started.forEach(RunnerProcess::close);
        } finally {
            Folder.delete(folder);
        }
    }
}
