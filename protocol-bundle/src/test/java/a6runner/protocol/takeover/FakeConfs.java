// SPDX-License-Identifier: Apache-2.0
package a6runner.protocol.takeover;

import a6runner.spi.ConfHandOver;
import a6runner.spi.HandedConf;
import a6runner.spi.PrepareCall.Entry;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.IntFunction;

/** A runner's confs, in a map; a test says when it is ready and when plugins have parsed. */
public final class FakeConfs implements ConfHandOver {

    public final Map<Integer, HandedConf> confs = new ConcurrentHashMap<>();
    public final CompletableFuture<Void> ready = new CompletableFuture<>();
    public final CompletableFuture<Void> parsed = new CompletableFuture<>();
    public volatile IntFunction<CompletionStage<HandedConf>> elsewhere;
    private volatile int parity;

    /** Ready, with plugins that parse at once. */
    public static FakeConfs started() {
        FakeConfs confs = new FakeConfs();
        confs.ready.complete(null);
        confs.parsed.complete(null);
        return confs;
    }

    /** A conf of one plugin, sent and used now. */
    public static HandedConf conf(int token, String key, String plugin, String value) {
        long now = System.currentTimeMillis() / 1_000;
        return new HandedConf(token, key, List.of(new Entry(plugin, value)), now, now, false);
    }

    public FakeConfs with(HandedConf conf) {
        confs.put(conf.token(), conf);
        return this;
    }

    @Override
    public CompletionStage<Void> ready() {
        return ready;
    }

    @Override
    public void forEach(Consumer<HandedConf> action) {
        confs.values().forEach(action);
    }

    @Override
    public HandedConf find(int token) {
        return confs.get(token);
    }

    @Override
    public CompletionStage<Void> take(List<HandedConf> taken) {
        taken.forEach(conf -> confs.putIfAbsent(conf.token(), conf));
        return parsed;
    }

    @Override
    public void askElsewhere(IntFunction<CompletionStage<HandedConf>> newElsewhere) {
        elsewhere = newElsewhere;
    }

    @Override
    public int tokenParity() {
        return parity;
    }

    @Override
    public void tokenParity(int newParity) {
        parity = newParity;
    }
}
