// SPDX-License-Identifier: Apache-2.0
package a6runner.testkit;

import a6runner.testkit.wire.Entry;
import a6runner.testkit.wire.ExtraInfo;
import a6runner.testkit.wire.Frame;
import a6runner.testkit.wire.HttpReqCall;
import a6runner.testkit.wire.HttpRespCall;
import a6runner.testkit.wire.Message;
import a6runner.testkit.wire.Message.Direction;
import a6runner.testkit.wire.PrepareConf;
import a6runner.testkit.wire.Text;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * One connection to a runner, used as APISIX uses it: one call at a time, whose questions are answered in their order before the answer comes
 * (APISIX.md §1, §2, §6).
 *
 * <p>Every operation that waits ends by the timeout given at the start, for a whole call counted anew at each frame, and then throws {@link
 * SocketTimeoutException} with a sentence; after that the connection is of no use. Belongs to one thread at a time. Close it.
 */
public final class A6Client implements AutoCloseable {

    private final FrameChannel channel;
    private final Duration timeout;
    private FrameListener listener = (direction, frame) -> { };

    private A6Client(FrameChannel channel, Duration timeout) {
        this.channel = channel;
        this.timeout = timeout;
    }

    /** Connects; throws {@link IOException} at once, as APISIX's connect does, if nobody listens or the backlog is full. */
    public static A6Client connect(Path socket, Duration timeout) throws IOException {
        return new A6Client(new FrameChannel(socket), timeout);
    }

    /** Connects to {@code unix:/path}, the form of {@code APISIX_LISTEN_ADDRESS}, or to a bare path. */
    public static A6Client connect(String address, Duration timeout) throws IOException {
        return connect(Path.of(address.startsWith("unix:") ? address.substring("unix:".length()) : address), timeout);
    }

    /** Has somebody listen to the frames from now on, instead of who did before. */
    public void listen(FrameListener newListener) {
        listener = newListener;
    }

    // ---- calls ----

    /** Has a conf prepared; throws {@link IllegalStateException} if the answer is anything but a token. */
    public long prepare(String key, List<Entry> conf) throws IOException {
        Reply reply = prepare(new PrepareConf.Req(conf, Text.of(key)));
        if (reply instanceof Reply.Prepared prepared) {
            return prepared.confToken();
        }
        throw new IllegalStateException("The runner gave no token for the conf " + key + ", but " + reply + ".");
    }

    /** Has a conf prepared. A question is no answer here (APISIX.md §2). */
    public Reply prepare(PrepareConf.Req request) throws IOException {
        return exchange(request, null).reply();
    }

    /** Runs the request phase. */
    public CallResult call(HttpReqCall.Req request, ExtraInfoSource answers) throws IOException {
        return exchange(request, answers);
    }

    /** Runs the response phase. */
    public CallResult call(HttpRespCall.Req request, ExtraInfoSource answers) throws IOException {
        return exchange(request, answers);
    }

    private CallResult exchange(Message request, ExtraInfoSource answers) throws IOException {
        Exchange exchange = new Exchange(request.type(), answers);
        long start = System.nanoTime();
        Reply reply = exchange(request.frame(), exchange);
        return new CallResult(reply, List.copyOf(exchange.questions()), Duration.ofNanos(System.nanoTime() - start));
    }

    private Reply exchange(Frame request, Exchange exchange) throws IOException {
        Frame toSend = request;
        while (true) {
            IOException unsent = null;
            if (toSend != null) {
                try {
                    send(toSend);
                } catch (SocketTimeoutException e) {
                    throw e;
                } catch (IOException e) {
                    unsent = e; // The runner has closed, but may have answered before.
                }
            }
            Optional<Frame> frame;
            try {
                frame = receive();
            } catch (SocketTimeoutException e) {
                throw e;
            } catch (IOException e) {
                return new Reply.Closed(e.getMessage());
            }
            if (frame.isEmpty()) {
                return new Reply.Closed(unsent == null
                        ? "The runner closed the connection without an answer."
                        : "The runner closed the connection: " + unsent.getMessage() + ".");
            }
            toSend = exchange.accept(frame.get());
            if (toSend == null) {
                return exchange.reply();
            }
        }
    }

    // ---- frames ----

    /** Sends a frame. */
    public void send(Frame frame) throws IOException {
        channel.write(frame.toBytes(), timeout);
        listener.frame(Direction.TO_RUNNER, frame);
    }

    /** Sends bytes as they are, each array by a write of its own. */
    public void sendRaw(byte[]... pieces) throws IOException {
        for (byte[] piece : pieces) {
            channel.write(piece, timeout);
            Thread.yield();
        }
    }

    /** Sends the bytes in two writes, the first with so many of them. */
    public void sendSplit(byte[] bytes, int first) throws IOException {
        sendRaw(Arrays.copyOf(bytes, first), Arrays.copyOfRange(bytes, first, bytes.length));
    }

    /** The next frame; empty if the runner has closed. Throws {@link java.io.EOFException} if it closes in the midst of one. */
    public Optional<Frame> receive() throws IOException {
        Optional<Frame> frame = channel.read(timeout);
        frame.ifPresent(received -> listener.frame(Direction.TO_APISIX, received));
        return frame;
    }

    /** Answers a question that {@link #receive} gave, for tests that go frame by frame. */
    public void answer(byte[] result) throws IOException {
        send(new ExtraInfo.Resp(result).frame());
    }

    /** Says that nothing more will be sent; still receives. */
    public void shutdownOutput() throws IOException {
        channel.shutdownOutput();
    }

    // ---- what must not or must come ----

    /** How many bytes are there that nobody has received, without waiting; -1 if the runner has closed. */
    public int available() throws IOException {
        return channel.available(Duration.ZERO);
    }

    /** Asserts that for so long no byte arrives and the connection stays open: a stray byte is another call's answer (APISIX.md §1). */
    public void assertSilent(Duration duration) throws IOException {
        int available = channel.available(duration);
        if (available < 0) {
            throw new AssertionError("The runner closed the connection (expected: silence).");
        }
        if (available > 0) {
            byte[] bytes = channel.peek();
            throw new AssertionError(bytes.length + " stray bytes arrived (expected: none): "
                    + HexFormat.of().formatHex(bytes, 0, Math.min(bytes.length, 32)) + (bytes.length > 32 ? "…" : ""));
        }
    }

    /** Asserts that the runner closes the connection, by the timeout, without another byte. */
    public void assertClosed() throws IOException {
        int available;
        try {
            available = channel.available(timeout);
        } catch (SocketTimeoutException e) {
            throw e;
        } catch (IOException e) {
            return; // Reset: closed with bytes of ours unread.
        }
        if (available >= 0) {
            throw new AssertionError(available == 0
                    ? "The connection is still open after " + timeout.toMillis() + " ms (expected: closed)."
                    : available + " bytes arrived (expected: the end of the connection).");
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
