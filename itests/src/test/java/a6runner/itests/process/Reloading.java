// SPDX-License-Identifier: Apache-2.0
package a6runner.itests.process;

import a6runner.itests.Await;
import a6runner.itests.Distribution;
import a6runner.itests.Folder;
import a6runner.itests.RunnerProcess;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The runners that one APISIX starts one after the other on one address, as its privileged agent does it (APISIX.md §10). Ends all of them. */
final class Reloading implements AutoCloseable {

    private static final long BEFORE_SIGTERM_MILLIS = 20;
    private static final long BEFORE_SIGKILL_MILLIS = 1_000;

    private final Path folder = Folder.createShort();
    private final Path socket = folder.resolve("s");
    private final List<RunnerProcess> started = new ArrayList<>();
    private final List<ProcessHandle> machines = new ArrayList<>();

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
        Await.until("the script has started its JVM", () -> !runner.process().isAlive() || runner.process().children().findAny().isPresent());
        machines.addAll(runner.process().children().toList());
        return runner;
    }

    static void awaitListening(RunnerProcess runner) {
        runner.awaitLog("a6runner ", " listening on ");
    }

    /** The JVM of a runner that was started here, be its script alive or not. */
    ProcessHandle machine(RunnerProcess runner) {
        return machines.get(started.indexOf(runner));
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
            machines.forEach(ProcessHandle::destroyForcibly);
            started.forEach(RunnerProcess::close);
        } finally {
            Folder.delete(folder);
        }
    }
}
