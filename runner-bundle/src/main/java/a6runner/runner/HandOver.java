// SPDX-License-Identifier: Apache-2.0
package a6runner.runner;

import a6runner.runner.chain.Chains;
import a6runner.runner.conf.ConfTable;
import a6runner.runner.conf.PreparedConf;
import a6runner.runner.plugin.PluginRegistry;
import a6runner.runner.plugin.PluginSnapshot;
import a6runner.spi.ConfHandOver;
import a6runner.spi.HandedConf;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.IntFunction;

/** The conf table's way from process to process. Any thread. */
final class HandOver implements ConfHandOver {

    private final ConfTable confs;
    private final PluginRegistry registry;
    private final Chains chains;
    private final Consumer<PreparedConf> onConf;
    private final CompletableFuture<Void> ready = new CompletableFuture<>();
    private volatile IntFunction<CompletionStage<HandedConf>> elsewhere;

    /**
     * A way in and out of a table.
     *
     * @param gate until it is open, this runner isn't ready
     * @param onConf is told of each conf that was taken
     */
    HandOver(ConfTable confs, PluginRegistry registry, Chains chains, StartGate gate, Consumer<PreparedConf> onConf) {
        this.confs = confs;
        this.registry = registry;
        this.chains = chains;
        this.onConf = onConf;
        gate.whenOpen(() -> ready.complete(null));
    }

    @Override
    public CompletionStage<Void> ready() {
        return ready;
    }

    @Override
    public void forEach(Consumer<HandedConf> action) {
        confs.forEach(conf -> action.accept(handed(conf)));
    }

    @Override
    public HandedConf find(int token) {
        PreparedConf conf = confs.find(token);
        return conf == null ? null : handed(conf);
    }

    private HandedConf handed(PreparedConf conf) {
        return new HandedConf(conf.token(), conf.key(), conf.content().entries(), conf.created(), confs.lastUsed(conf), conf.superseded());
    }

    @Override
    public CompletionStage<Void> take(List<HandedConf> handed) {
        List<CompletableFuture<Void>> parsed = new ArrayList<>();
        for (HandedConf one : handed) {
            PreparedConf conf = confs.adopt(one);
            if (conf != null) {
                registry.notice(conf);
                PluginSnapshot snapshot = registry.snapshot();
                onConf.accept(conf);
                if (!conf.superseded() && !snapshot.awaits(conf)) {
                    parsed.add(chains.parse(conf, snapshot));
                }
            }
        }
        return CompletableFuture.allOf(parsed.toArray(CompletableFuture<?>[]::new));
    }

    @Override
    public void askElsewhere(IntFunction<CompletionStage<HandedConf>> newElsewhere) {
        elsewhere = newElsewhere;
    }

    /** The other process's conf of a token, taken; null if there is nobody to ask. Completes with null if it isn't known there either. */
    CompletionStage<PreparedConf> ask(int token) {
        IntFunction<CompletionStage<HandedConf>> other = elsewhere;
        if (other == null) {
            return null;
        }
        return other.apply(token).handle((conf, failure) -> {
            if (conf != null) {
                take(List.of(conf));
            }
            return confs.find(token);
        });
    }

    @Override
    public int tokenParity() {
        return confs.tokenParity();
    }

    @Override
    public void tokenParity(int parity) {
        confs.tokenParity(parity);
    }
}
