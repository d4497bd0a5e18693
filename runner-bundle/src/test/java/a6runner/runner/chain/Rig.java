// SPDX-License-Identifier: Apache-2.0
package a6runner.runner.chain;

import a6runner.runner.conf.ConfTable;
import a6runner.runner.conf.PreparedConf;
import a6runner.runner.fake.FakeLoop;
import a6runner.runner.fake.FakePrepareCall;
import a6runner.runner.fake.FakeRequestCall;
import a6runner.runner.fake.FakeResponseCall;
import a6runner.runner.fake.LogLines;
import a6runner.runner.fake.Outcome;
import a6runner.runner.plugin.FaultLog;
import a6runner.runner.plugin.PluginSnapshot;
import a6runner.runner.plugin.PluginVersion;
import a6runner.runner.plugin.Plugins;
import a6runner.spi.Settings;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.apache.apisix.plugin.runner.filter.PluginFilter;
import org.slf4j.LoggerFactory;

/** Chains and runs on real threads, without framework and socket: plugins in, calls in, answers out. */
final class Rig implements AutoCloseable {

    final FakeLoop loop = new FakeLoop(0);
    final LogLines log = new LogLines();
    private final Map<String, String> properties = new LinkedHashMap<>();
    private final Settings settings = new Settings(properties::get);
    private final Map<String, PluginVersion> plugins = new LinkedHashMap<>();
    private final ScheduledExecutorService clockThread = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "rig-clock");
        thread.setDaemon(true);
        return thread;
    });
    final RunClock clock = new RunClock(clockThread, new FaultLog(LoggerFactory.getLogger(RunClock.class), 60_000_000_000L));
    private final ConfTable confs = new ConfTable(settings, System::currentTimeMillis);
    private PluginSnapshot snapshot = Plugins.snapshot();

    /** A rig whose plugins run on {@code event-loop} or {@code worker}, or by {@code auto}. */
    Rig(String execution) {
        set("plugin.execution", execution);
    }

    /** Sets a setting; before the plugins that it is for. */
    Rig set(String key, String value) {
        properties.put(Settings.PREFIX + key, value);
        return this;
    }

    Rig plugin(PluginFilter filter) {
        plugins.put(filter.name(), Plugins.version(filter, settings));
        snapshot = Plugins.snapshot(plugins.values().toArray(new PluginVersion[0]));
        return this;
    }

    PluginVersion version(String plugin) {
        return plugins.get(plugin);
    }

    FakeRequestCall request() {
        return new FakeRequestCall(loop);
    }

    FakeResponseCall response() {
        return new FakeResponseCall(loop);
    }

    PreparedConf conf(String... entries) {
        return confs.prepare("route#1#ext-plugin-pre-req#" + String.join("&", entries), FakePrepareCall.conf(entries));
    }

    /** Has a call walk along a conf, written {@code name=value}, or {@code name} for an empty value; returns it at once. */
    FakeRequestCall start(FakeRequestCall call, String... conf) {
        PreparedConf prepared = conf(conf);
        call.token(prepared.token());
        loop.execute(() -> {
            Chains chains = new Chains(settings, confs);
            Chain chain = chains.of(prepared.token(), prepared, snapshot);
            new RequestRun(call, prepared, chain, chains.parsed(prepared.token(), prepared, chain), clock.of(loop), Limits.of(settings)).run();
        });
        return call;
    }

    FakeResponseCall start(FakeResponseCall call, String... conf) {
        PreparedConf prepared = conf(conf);
        call.token(prepared.token());
        loop.execute(() -> {
            Chains chains = new Chains(settings, confs);
            Chain chain = chains.of(prepared.token(), prepared, snapshot);
            new ResponseRun(call, prepared, chain, chains.parsed(prepared.token(), prepared, chain), clock.of(loop), Limits.of(settings)).run();
        });
        return call;
    }

    Outcome run(FakeRequestCall call, String... conf) {
        return start(call, conf).outcome();
    }

    Outcome run(FakeResponseCall call, String... conf) {
        return start(call, conf).outcome();
    }

    @Override
    public void close() {
        log.close();
        clockThread.shutdownNow();
        plugins.values().forEach(Plugins::stopWorkers);
        loop.close();
    }
}
