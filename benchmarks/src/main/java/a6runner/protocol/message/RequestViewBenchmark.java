// SPDX-License-Identifier: Apache-2.0
package a6runner.protocol.message;

import a6runner.benchmarks.jmh.EventLoopExecutor;
import a6runner.benchmarks.jmh.Requests;
import a6runner.spi.ReceivedEntries;
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

/** A request's view: verified and made; and a header looked up in it by its name, which is there (first, last), or isn't. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 2, jvmArgsAppend = {"-XX:+UseSerialGC", "-Xmx256m", EventLoopExecutor.OPTION_EXECUTOR, EventLoopExecutor.OPTION_CLASS})
public class RequestViewBenchmark {

    @Param({"2", "12", "100"})
    public int headers;

    private byte[] payload;
    private ReceivedEntries entries;
    private String first;
    private String last;
    private int lastIndex;

    @Setup
    public void setUp() throws MessageException {
        payload = Requests.payload(1, headers);
        entries = new RequestMessage(payload, payload.length).headers();
        first = Requests.headers(headers).get(0)[0];
        lastIndex = headers - 1;
        last = Requests.headers(headers).get(lastIndex)[0];
    }

    @Benchmark
    public RequestMessage createAndVerify() throws MessageException {
        return new RequestMessage(payload, payload.length);
    }

    @Benchmark
    public int findFirst() {
        return entries.find(first, 0, true);
    }

    @Benchmark
    public int findLast() {
        return entries.find(last, 0, true);
    }

    @Benchmark
    public int findNone() {
        return entries.find("x-runner", 0, true);
    }

    @Benchmark
    public String decodeValue() {
        return entries.value(lastIndex);
    }
}
