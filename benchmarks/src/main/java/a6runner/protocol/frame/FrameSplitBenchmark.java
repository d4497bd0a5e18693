// SPDX-License-Identifier: Apache-2.0
package a6runner.protocol.frame;

import a6runner.benchmarks.jmh.EventLoopExecutor;
import a6runner.benchmarks.jmh.Requests;
import a6runner.protocol.message.ExtraInfoMessage;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
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

/** Bytes to a frame, the copy of its payload included: in one piece, or cut in the payload's middle. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 2, jvmArgsAppend = {"-XX:+UseSerialGC", "-Xmx256m", EventLoopExecutor.OPTION_EXECUTOR, EventLoopExecutor.OPTION_CLASS})
public class FrameSplitBenchmark {

    @Param({"1", "2"})
    public int pieces;

    private final FrameDecoder frames = new FrameDecoder(new FrameMemory(0), ExtraInfoMessage::find);
    private EmbeddedChannel channel;
    private ByteBuf bytes;
    private int cut;
    private Frame last;

    @Setup
    public void setUp() {
        channel = new EmbeddedChannel(frames, new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext ctx, Object message) {
                last = (Frame) message;
                frames.callEnded();
            }
        });
        byte[] frame = Requests.frame(1, 12);
        bytes = ByteBufAllocator.DEFAULT.ioBuffer(frame.length).writeBytes(frame);
        cut = pieces == 1 ? frame.length : frame.length / 2;
    }

    @TearDown
    public void tearDown() {
        bytes.release();
        channel.finishAndReleaseAll();
    }

    @Benchmark
    public Frame split() {
        int end = bytes.capacity();
        channel.pipeline().fireChannelRead(bytes.retain().setIndex(0, cut));
        if (cut < end) {
            channel.pipeline().fireChannelRead(bytes.retain().setIndex(cut, end));
        }
        return last;
    }
}
