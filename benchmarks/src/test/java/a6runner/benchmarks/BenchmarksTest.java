// SPDX-License-Identifier: Apache-2.0
package a6runner.benchmarks;

import java.util.Collection;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

import static org.assertj.core.api.Assertions.assertThat;

/** Each benchmark sets up with each of its parameters, and its operation works once; no time is measured. */
class BenchmarksTest {

    @Test
    void everyBenchmarkSetsUpAndWorksOnce() throws RunnerException {
        Collection<RunResult> results = new Runner(new OptionsBuilder()
                .include("a6runner\\..*Benchmark\\..*")
                .mode(Mode.SingleShotTime)
                .forks(0)
                .warmupIterations(0)
                .measurementIterations(1)
                .shouldFailOnError(true)
                .verbosity(VerboseMode.SILENT)
                .build()).run();

        assertThat(results).extracting(result -> result.getParams().getBenchmark().replaceAll(".*\\.(\\w+)\\.\\w+$", "$1"))
                .contains("FrameSplitBenchmark", "RequestViewBenchmark", "EncodeBenchmark", "ConfLookupBenchmark", "ChainBenchmark", "WholeCallBenchmark");
    }
}
