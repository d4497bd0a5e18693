// SPDX-License-Identifier: Apache-2.0
package a6runner.runner;

import a6runner.benchmarks.jmh.Requests;
import a6runner.protocol.message.MessageException;
import a6runner.spi.CallFailure;
import a6runner.spi.CallLoop;
import a6runner.spi.CallService;
import a6runner.spi.PluginLifecycle.Part;
import a6runner.spi.PrepareCall;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.apisix.plugin.runner.filter.PluginFilter;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.Version;

/** The real {@link RunnerCallService} with some plugins that run on the event loop, without framework and socket. */
public final class BenchService implements AutoCloseable {

    private static final Map<String, String> SETTINGS = Map.of("a6runner.plugin.execution", "event-loop");
    private static final long DEADLINE_NANOS = 10_000_000_000L;

    private final BenchLoop loop = new BenchLoop();
    private final RunnerCallService service;
    private final List<PluginFilter> filters;

    /** Plugins of a kind: {@code noop}, {@code add-header} or {@code stop}. */
    public BenchService(String kind, int count) {
        filters = BenchFilters.of(kind, count);
        Bundle bundle = proxy(Bundle.class, Map.of("getSymbolicName", args -> "benchmarks", "getVersion", args -> Version.emptyVersion, "getBundleId", args -> 1L));
        service = new RunnerCallService(context(bundle));
        service.hold(bundle);
        service.check(bundle, Part.ALL).toCompletableFuture().join();
        service.switchOver(List.of(bundle), List.of());
        service.settled();
    }

    private BundleContext context(Bundle bundle) {
        ServiceReference<?>[] references = new ServiceReference<?>[filters.size()];
        for (int i = 0; i < references.length; i++) {
            references[i] = proxy(ServiceReference.class, Map.of("getBundle", args -> bundle));
        }
        return proxy(BundleContext.class, Map.of(
                "getProperty", args -> SETTINGS.get(args[0]),
                "createFilter", args -> filter((String) args[0]),
                "addServiceListener", args -> null,
                "removeServiceListener", args -> null,
                "getServiceReferences", args -> references,
                "getService", args -> filters.get(List.of(references).indexOf(args[0])),
                "ungetService", args -> true));
    }

    private static Object filter(String filter) {
        try {
            return FrameworkUtil.createFilter(filter);
        } catch (InvalidSyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static <T> T proxy(Class<T> type, Map<String, Function<Object[], Object>> methods) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, args) -> switch (method.getName()) {
            case "hashCode" -> System.identityHashCode(self);
            case "equals" -> self == args[0];
            case "toString" -> type.getSimpleName();
            default -> {
                if (!methods.containsKey(method.getName())) {
                    throw new UnsupportedOperationException(method.toString());
                }
                yield methods.get(method.getName()).apply(args);
            }
        }));
    }

    /** The service itself. */
    public CallService service() {
        return service;
    }

    /** A call whose conf names the plugins in their order, and whose answer is known to come at once. */
    BenchCall call() {
        try {
            return new BenchCall(loop, Requests.payload(token(), 12));
        } catch (MessageException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The token of a conf that names the plugins in their order, and that they have parsed. */
    public int token() {
        Prepared prepared = new Prepared(loop, filters.stream().map(filter -> new PrepareCall.Entry(filter.name(), "{}")).toList());
        service.prepare(prepared);
        try {
            BenchCall first = new BenchCall(loop, Requests.payload(prepared.token, 12));
            service.serve(first);
            for (long begun = System.nanoTime(); first.answer == null; loop.runTasks()) {
                if (System.nanoTime() - begun > DEADLINE_NANOS) {
                    throw new IllegalStateException("the first call was not answered within 10 s");
                }
                Thread.onSpinWait();
            }
        } catch (MessageException e) {
            throw new IllegalStateException(e);
        }
        return prepared.token;
    }

    @Override
    public void close() {
        service.close();
    }

    private static final class Prepared implements PrepareCall {

        private final CallLoop loop;
        private final List<Entry> conf;
        private int token;

        Prepared(CallLoop loop, List<Entry> conf) {
            this.loop = loop;
            this.conf = conf;
        }

        @Override
        public List<Entry> conf() {
            return conf;
        }

        @Override
        public String key() {
            return "route#1#ext-plugin-pre-req#1";
        }

        @Override
        public void answer(int answered) {
            token = answered;
        }

        @Override
        public CallLoop loop() {
            return loop;
        }

        @Override
        public boolean ended() {
            return false;
        }

        @Override
        public void fail(CallFailure failure) {
            throw new IllegalStateException("the conf was refused: " + failure);
        }

        @Override
        public void onDisconnect(Runnable task) {
            // nobody goes
        }
    }
}
