// SPDX-License-Identifier: Apache-2.0
package a6runner.runner.conf;

import a6runner.spi.PrepareCall.Entry;
import a6runner.spi.Settings;
import java.util.List;
import java.util.Random;
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
import org.openjdk.jmh.annotations.Warmup;

/** A conf by its token, in random order; and a PREPARE_CONF for a conf that is there. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 2, jvmArgsAppend = {"-XX:+UseSerialGC", "-Xmx256m"})
public class ConfLookupBenchmark {

    private static final int ORDER = 1 << 16;
    private static final long SEED = 3;

    @Param({"10", "100000"})
    public int confs;

    private final ConfTable table = new ConfTable(new Settings(name -> null), System::currentTimeMillis);
    private final int[] order = new int[ORDER];
    private int next;
    private final List<Entry> conf = List.of(new Entry("add-header", "{}"));

    @Setup
    public void setUp() {
        int[] tokens = new int[confs];
        for (int i = 0; i < confs; i++) {
            tokens[i] = table.prepare(key(i), conf).token();
        }
        Random random = new Random(SEED);
        for (int i = 0; i < ORDER; i++) {
            order[i] = tokens[random.nextInt(confs)];
        }
    }

    private static String key(int conf) {
        return "route#" + conf + "#ext-plugin-pre-req#1";
    }

    @Benchmark
    public PreparedConf find() {
        return table.find(order[next++ & ORDER - 1]);
    }

    @Benchmark
    public PreparedConf findNone() {
        return table.find(order[next++ & ORDER - 1] ^ 0x4000_0000);
    }

    @Benchmark
    public PreparedConf prepareAgain() {
        return table.prepare("route#1#ext-plugin-pre-req#1", conf);
    }
}
