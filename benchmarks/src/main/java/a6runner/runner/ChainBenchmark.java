// SPDX-License-Identifier: Apache-2.0
package a6runner.runner;

import a6runner.spi.CallService;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** A verified call through conf look-up and chain to its answer, which nobody encodes; plugins that do nothing, or set a header each. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 2, jvmArgsAppend = {"-XX:+UseSerialGC", "-Xmx256m"})
public class ChainBenchmark {

    @Param({"0", "1", "5", "20"})
    public int length;

    @Param({"noop", "add-header"})
    public String plugin;

    private BenchService bench;
    private CallService service;
    private BenchCall call;

    @Setup
    public void setUp() {
        bench = new BenchService(plugin, length);
        service = bench.service();
        call = bench.call();
    }

    @TearDown
    public void tearDown() {
        bench.close();
    }

    @Benchmark
    public Object serve() {
        service.serve(call);
        return call.answer;
    }
}
