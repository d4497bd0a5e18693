// SPDX-License-Identifier: Apache-2.0
package a6runner.runner.chain;

import a6runner.runner.conf.ConfContent;
import a6runner.runner.plugin.ParsedConf;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;

/**
 * What the plugins of a chain, of which at least one parses, make of the confs of one content: for the calls that come before all are parsed, and those of confs that a
 * plugin refuses. The others need no more than the {@link #values}. Any thread.
 */
final class ChainConfs {

    private final Chain chain;
    private volatile ParsedConf[] parsed; // null where a plugin doesn't parse; null once all are parsed, which publishes the two below
    private Object values;
    private int refused = -1;

    /** Sets off the parsing, where that is new. */
    ChainConfs(Chain chain, ConfContent content, String confKey) {
        this.chain = chain;
        ParsedConf[] all = new ParsedConf[chain.length()];
        for (int i = 0; i < all.length; i++) {
            all[i] = chain.plugin(i).parse(chain.conf(i, content), confKey);
        }
        this.parsed = all;
    }

    Chain chain() {
        return chain;
    }

    /** The step whose conf is not parsed yet, or -1. */
    int unparsed() {
        ParsedConf[] all = parsed;
        return all == null ? -1 : look(all);
    }

    // Threads that come here at the same time do the same.
    private int look(ParsedConf[] all) {
        Object[] made = new Object[all.length];
        int first = -1;
        for (int i = 0; i < all.length; i++) {
            if (all[i] == null) {
                continue;
            }
            if (!all[i].done()) {
                return i;
            }
            if (all[i].failure() == null) {
                made[i] = all[i].value();
            } else if (first < 0) {
                first = i;
            }
        }
        values = made.length == 1 ? made[0] : made;
        refused = first;
        parsed = null;
        return -1;
    }

    /** Has a task run once the conf of a step is parsed, at once if it is. */
    void whenParsed(int step, Runnable task) {
        ParsedConf[] all = parsed;
        if (all == null) {
            task.run();
        } else {
            all[step].whenDone(task);
        }
    }

    /** Completes when all are parsed, well or not. */
    CompletableFuture<Void> whenParsed() {
        ParsedConf[] all = parsed;
        return all == null ? CompletableFuture.completedFuture(null)
                : CompletableFuture.allOf(Arrays.stream(all).filter(Objects::nonNull).map(one -> {
                    CompletableFuture<Void> done = new CompletableFuture<>();
                    one.whenDone(() -> done.complete(null));
                    return done;
                }).toArray(CompletableFuture<?>[]::new));
    }

    /** The first step whose plugin refuses its conf, or -1. Once {@link #unparsed} has said that all are parsed. */
    int refused() {
        return refused;
    }

    /**
     * What the plugins have made of their confs: of a single step its value, else an array of all steps' values, null where a plugin doesn't parse. A single
     * value needs no array, for each object on the way to it is one that a call may have to wait for. Once {@link #unparsed} has said that all are parsed.
     */
    Object values() {
        return values;
    }
}
