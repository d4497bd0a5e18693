// SPDX-License-Identifier: Apache-2.0
package a6runner.runner.chain;

import a6runner.runner.plugin.PluginVersion;
import a6runner.runner.plugin.WorkerThread;
import a6runner.spi.CallLoop;
import a6runner.spi.ExchangeCall;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * What a run asks APISIX: the questions that are out, the variables that were answered, and the stages that plugins got for answers. Made for runs that
 * ask something. What is not marked otherwise belongs to the run's event loop.
 */
final class Questions {

    private final CallRun run;
    private final LoopRuns runs;
    private int unanswered;
    private long asked; // when the first of them was
    private Map<String, String> vars; // answered ones, value null where APISIX has none; guarded by this
    private List<StepStage<?>> stages = new ArrayList<>(2); // not yet complete, null after the end; guarded by this

    Questions(CallRun run, LoopRuns runs) {
        this.run = run;
        this.runs = runs;
    }

    /** Whether an answer is still to come. */
    boolean unanswered() {
        return unanswered > 0;
    }

    /** How long the first question without an answer has been out, in nanoseconds. */
    long waiting(long now) {
        return now - asked;
    }

    /** Takes a question into account that is about to be asked, until its answer comes. */
    ExchangeCall.Answer counted(ExchangeCall.Answer answer) {
        if (unanswered++ == 0) {
            asked = System.nanoTime();
        }
        return result -> {
            if (run.over()) {
                return; // what it was asked for has been told that there is no answer
            }
            if (--unanswered == 0) {
                run.waitedFor(System.nanoTime() - asked);
            }
            answer.answered(result);
        };
    }

    /** Asks for a variable and keeps it; then {@code then}, with null if APISIX has none. */
    void askVar(String name, Consumer<String> then) {
        run.call.askVar(name, counted(result -> {
            String value = result == null ? null : new String(result, StandardCharsets.UTF_8);
            synchronized (this) {
                if (vars == null) {
                    vars = new HashMap<>();
                }
                vars.put(name, value);
            }
            then.accept(value);
        }));
    }

    /** A variable that was answered, "" if APISIX has none, null if it was not asked for. Any thread. */
    synchronized String answeredVar(String name) {
        if (vars == null || !vars.containsKey(name)) {
            return null;
        }
        String value = vars.get(name);
        return value == null ? "" : value;
    }

    /** A variable for a step, asked for if it has not been yet. Any thread. */
    CompletionStage<Optional<String>> var(int step, String name) {
        StepStage<Optional<String>> stage = new StepStage<>(run, step);
        synchronized (this) {
            if (vars != null && vars.containsKey(name)) {
                stage.complete(Optional.ofNullable(vars.get(name)));
                return stage;
            }
        }
        ask(stage, () -> askVar(name, value -> complete(stage, Optional.ofNullable(value), null)));
        return stage;
    }

    /** Has a question asked on the loop whose answer will complete the stage. Any thread. */
    void ask(StepStage<?> stage, Runnable question) {
        synchronized (this) {
            if (stages != null) {
                stages.add(stage);
            }
        }
        onLoop(() -> {
            if (run.over()) {
                complete(stage, null, new IllegalStateException("the call ended before APISIX was asked"));
            } else {
                question.run();
                run.call.flush();
            }
        });
    }

    private void onLoop(Runnable task) {
        CallLoop loop = run.call.loop();
        if (loop.inLoop()) {
            task.run();
        } else {
            loop.execute(task);
        }
    }

    /** The run is over: who waits for an answer is told that there is none. */
    void end() {
        List<StepStage<?>> open;
        synchronized (this) {
            open = stages;
            stages = null;
        }
        open.forEach(stage -> complete(stage, null, new IllegalStateException("the call ended before APISIX had answered")));
    }

    /** Completes a stage where its plugin runs: here on the loop, or on one of its workers. */
    <T> void complete(StepStage<T> stage, T value, Throwable failure) {
        complete(stage, () -> {
            if (failure == null) {
                stage.complete(value);
            } else {
                stage.completeExceptionally(failure);
            }
        });
    }

    /** As {@link #complete(StepStage, Object, Throwable)}, by a task that completes it. */
    void complete(StepStage<?> stage, Runnable completion) {
        synchronized (this) {
            if (stages != null) {
                stages.remove(stage);
            }
        }
        PluginVersion plugin = run.plugin(stage.step());
        if (plugin.placement().onLoop()) {
            callBackOnLoop(plugin, completion);
        } else {
            plugin.workers().run(() -> {
                long began = System.nanoTime();
                WorkerThread.worksOn(run);
                completion.run();
                WorkerThread.worksOn(null);
                plugin.placement().calledBackOnWorker(System.nanoTime() - began);
            });
        }
    }

    // What a plugin does in a callback holds the loop as its filter does.
    private void callBackOnLoop(PluginVersion plugin, Runnable completion) {
        if (runs.inPlugin()) {
            completion.run(); // within a step, or another callback
            return;
        }
        long began = System.nanoTime();
        runs.began(plugin, run, began);
        completion.run();
        runs.ended();
        plugin.placement().calledBackOnLoop(runs.stripe(), System.nanoTime() - began);
    }
}
