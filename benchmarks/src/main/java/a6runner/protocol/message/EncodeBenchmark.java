// SPDX-License-Identifier: Apache-2.0
package a6runner.protocol.message;

import a6runner.benchmarks.jmh.EventLoopExecutor;
import a6runner.benchmarks.jmh.Requests;
import a6runner.protocol.frame.FrameEncoder;
import a6runner.protocol.frame.FrameException;
import a6runner.spi.Rewrite;
import a6runner.spi.Stop;
import a6runner.spi.TextEntries;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** An answer to a frame in a buffer for the socket, which is released at once: go on, one header set, a stop with header and body. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 2, jvmArgsAppend = {"-XX:+UseSerialGC", "-Xmx256m", EventLoopExecutor.OPTION_EXECUTOR, EventLoopExecutor.OPTION_CLASS})
public class EncodeBenchmark {

    private final MessageEncoder encoder = new MessageEncoder(new FrameEncoder(ByteBufAllocator.DEFAULT));
    private RequestMessage request;
    private Rewrite rewrite;
    private Rewrite appendedArgument;
    private Stop stop;

    @Setup
    public void setUp() throws MessageException {
        byte[] payload = Requests.payload(1, 12);
        request = new RequestMessage(payload, payload.length);
        TextEntries headers = new TextEntries();
        headers.add("x-runner", "java");
        rewrite = new Rewrite(null, headers, null, null, null);
        TextEntries args = new TextEntries();
        args.addReceived(0);
        args.add("q", "more");
        appendedArgument = new Rewrite("/api/v1/products/search", headers, args, null, null);
        TextEntries answer = new TextEntries();
        answer.add("content-type", "text/plain");
        stop = new Stop(401, answer, "authentication is needed\n".getBytes(StandardCharsets.US_ASCII));
    }

    private static int released(ByteBuf frame) {
        int length = frame.readableBytes();
        frame.release();
        return length;
    }

    @Benchmark
    public int goOn() throws FrameException {
        return released(encoder.goOn(request.id()));
    }

    @Benchmark
    public int rewriteOneHeader() throws FrameException {
        return released(encoder.rewrite(request, rewrite));
    }

    @Benchmark
    public int rewritePathHeaderAndArguments() throws FrameException {
        return released(encoder.rewrite(request, appendedArgument));
    }

    @Benchmark
    public int stop() throws FrameException {
        return released(encoder.stop(request, stop));
    }
}
