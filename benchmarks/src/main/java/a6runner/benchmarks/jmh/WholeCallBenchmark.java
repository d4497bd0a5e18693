// SPDX-License-Identifier: Apache-2.0
package a6runner.benchmarks.jmh;

import a6runner.benchmarks.canned.CannedHandler;
import a6runner.protocol.call.CallHandler;
import a6runner.protocol.call.ConnectionLoop;
import a6runner.protocol.frame.FrameDecoder;
import a6runner.protocol.frame.FrameMemory;
import a6runner.protocol.message.ExtraInfoMessage;
import a6runner.runner.BenchService;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
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

/**
 * A whole call, from the bytes that came to those that go, without the kernel: frame, message, chain of one plugin, answer, frame. {@code canned} is the
 * same for the bare socket of {@code compare}, so that the difference is what the runner costs.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 2, jvmArgsAppend = {"-XX:+UseSerialGC", "-Xmx256m", EventLoopExecutor.OPTION_EXECUTOR, EventLoopExecutor.OPTION_CLASS})
public class WholeCallBenchmark {

    /** Stands where the socket stands. */
    private static final class Out extends ChannelOutboundHandlerAdapter {

        private int bytes;

        @Override
        public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
            ByteBuf frame = (ByteBuf) message;
            bytes = frame.readableBytes();
            frame.release();
        }

        @Override
        public void flush(ChannelHandlerContext ctx) {
            // it is gone already
        }
    }

    @Param({"canned", "noop", "add-header", "stop"})
    public String plugin;

    private final Out out = new Out();
    private final EmbeddedChannel channel = new EmbeddedChannel(out);
    private BenchService bench;
    private ByteBuf request;

    @Setup
    public void setUp() {
        int token = 1;
        if (plugin.equals("canned")) {
            channel.pipeline().addLast(CannedHandler.goingOn());
        } else {
            bench = new BenchService(plugin, 1);
            token = bench.token();
            FrameDecoder frames = new FrameDecoder(new FrameMemory(0), ExtraInfoMessage::find);
            ConnectionLoop loop = new ConnectionLoop(0, channel.eventLoop(), TimeUnit.MINUTES.toNanos(1));
            channel.pipeline().addLast(frames).addLast(new CallHandler(bench.service(), loop, frames, true));
            channel.pipeline().fireChannelActive();
        }
        byte[] frame = Requests.frame(token, 12);
        request = ByteBufAllocator.DEFAULT.ioBuffer(frame.length).writeBytes(frame);
    }

    @TearDown
    public void tearDown() {
        request.release();
        channel.finishAndReleaseAll();
        if (bench != null) {
            bench.close();
        }
    }

    @Benchmark
    public int call() {
        out.bytes = 0;
        channel.pipeline().fireChannelRead(request.retain().setIndex(0, request.capacity()));
        if (out.bytes == 0) {
            throw new IllegalStateException("the call was not answered");
        }
        return out.bytes;
    }
}
