// SPDX-License-Identifier: Apache-2.0
package a6runner.itests.faults;

import a6runner.itests.Distribution;
import a6runner.itests.RunnerProcess;
import a6runner.itests.TestBundle;
import a6runner.testkit.A6Client;
import a6runner.testkit.wire.Err;
import a6runner.testkit.wire.ExtraInfo;
import a6runner.testkit.wire.Frame;
import a6runner.testkit.wire.FrameType;
import a6runner.testkit.wire.HttpReqCall;
import a6runner.testkit.wire.HttpRespCall;
import a6runner.testkit.wire.Message;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32;
import org.apache.apisix.plugin.runner.HttpRequest;
import org.apache.apisix.plugin.runner.HttpResponse;
import org.apache.apisix.plugin.runner.PostRequest;
import org.apache.apisix.plugin.runner.PostResponse;
import org.apache.apisix.plugin.runner.filter.PluginFilter;
import org.apache.apisix.plugin.runner.filter.PluginFilterChain;
import org.junit.jupiter.api.Test;
import org.osgi.service.component.annotations.Component;

import static org.assertj.core.api.Assertions.assertThat;

/** Sixty-four bodies of 16 MB at once, a gigabyte in all, against the real process with 256 MB of heap. */
final class ManyLongBodiesIT {

    private static final int MANY = 64;
    private static final int PIECE = 256 * 1024;
    private static final long LIMIT_SECONDS = 60;
    private static final byte[] BODY = LongPayloadsIT.Bodies.body(16_000_000);
    private static final String SEEN = seen(BODY);

    /** Says what it saw of the body; by its conf it also answers with the body, turned round. */
    @Component
    public static final class Looks implements PluginFilter {

        @Override
        public String name() {
            return "looks";
        }

        @Override
        public Boolean requiredBody() {
            return true;
        }

        @Override
        public Boolean requiredRespBody() {
            return true;
        }

        @Override
        public void filter(HttpRequest request, HttpResponse response, PluginFilterChain chain) {
            byte[] body = request.getBodyBytes();
            request.setHeader("x-seen", seen(body));
            if (request.getConfig(this).equals("turn")) {
                request.setBody(turned(body));
            }
            chain.filter(request, response);
        }

        @Override
        public void postFilter(PostRequest request, PostResponse response, PluginFilterChain chain) {
            byte[] body = request.getBodyBytes();
            response.setHeader("x-seen", seen(body));
            if (request.getConfig(this).equals("turn")) {
                response.setBody(turned(body));
            }
            chain.postFilter(request, response);
        }

        private static String seen(byte[] bytes) {
            CRC32 crc = new CRC32();
            crc.update(bytes);
            return bytes.length + " " + crc.getValue();
        }

        private static byte[] turned(byte[] body) {
            for (int i = 0, j = body.length - 1; i < j; i++, j--) {
                byte kept = body[i];
                body[i] = body[j];
                body[j] = kept;
            }
            return body;
        }
    }

    private static String seen(byte[] bytes) {
        return Looks.seen(bytes);
    }

    /** Whether a call was served, else it was refused; what is neither fails. */
    private static boolean servesRequest(Client connection, HttpReqCall.Req request, byte[] answer, String turned) throws IOException {
        Frame frame = exchange(connection, request, answer);
        if (frame.type() == FrameType.ERROR) {
            assertThat(Err.name(Err.Resp.decode(frame.payload()).code())).isEqualTo("SERVICE_UNAVAILABLE");
            return false;
        }
        HttpReqCall.Resp reply = HttpReqCall.Resp.decode(frame.payload());
        assertThat(reply.id()).isEqualTo(request.id());
        assertThat(reply.action()).isInstanceOfSatisfying(HttpReqCall.Rewrite.class, rewrite -> {
            assertThat(rewrite.headers()).singleElement().hasToString("x-seen=" + SEEN);
            assertThat(rewrite.body() == null ? null : seen(rewrite.body())).isEqualTo(turned);
        });
        return true;
    }

    private static boolean servesResponse(Client connection, HttpRespCall.Req request, byte[] answer, String turned) throws IOException {
        HttpRespCall.Resp reply = HttpRespCall.Resp.decode(exchange(connection, request, answer).payload());
        assertThat(reply.id()).isEqualTo(request.id());
        if (reply.status() == 503) {
            assertThat(reply.body()).hasSizeBetween(1, 100);
            return false;
        }
        assertThat(reply.headers()).singleElement().hasToString("x-seen=" + SEEN);
        assertThat(reply.body() == null ? null : seen(reply.body())).isEqualTo(turned);
        return true;
    }

    /** A connection that waits, for sixty-four threads. */
    private static final class Client implements AutoCloseable {
        private final SocketChannel channel;

        Client(Path socket) throws IOException {
            channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
        }

        void writeAll(byte[] bytes) throws IOException {
            for (int at = 0; at < bytes.length; ) { // in pieces, since the JDK copies what it is given
                at += channel.write(ByteBuffer.wrap(bytes, at, Math.min(PIECE, bytes.length - at)));
            }
        }

        private byte[] read(int length) throws IOException {
            byte[] bytes = new byte[length];
            for (int at = 0; at < length; ) {
                int count = channel.read(ByteBuffer.wrap(bytes, at, Math.min(PIECE, length - at)));
                assertThat(count).as("bytes, or the end of the connection").isPositive();
                at += count;
            }
            return bytes;
        }

        Frame readFrame() throws IOException {
            byte[] header = read(Frame.HEADER_LENGTH);
            return new Frame(header[0] & 0xFF, read(Frame.announcedLength(header)));
        }

        /** Whether it is open and nothing has come; it doesn't wait any more from now on. */
        boolean isSilent() throws IOException {
            channel.configureBlocking(false);
            return channel.read(ByteBuffer.allocate(1)) == 0;
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    private static Frame exchange(Client connection, Message request, byte[] answer) throws IOException {
        connection.writeAll(request.frame().toBytes());
        assertThat(connection.readFrame().type()).isEqualTo(FrameType.EXTRA_INFO);
        connection.writeAll(answer);
        Frame reply = connection.readFrame();
        assertThat(connection.isSilent()).as("nothing follows the reply").isTrue();
        return reply;
    }

    private interface OneCall {
        boolean isServed(Client connection, long token, byte[] answer, String turned) throws IOException;
    }

    private static void assertAllAreAnswered(RunnerProcess runner, String what, String conf, String turned, OneCall call) throws Exception {
        byte[] answer = new ExtraInfo.Resp(BODY).frame().toBytes(); // the same for all, or this test would need gigabytes
        List<Client> connections = new ArrayList<>();
        ExecutorService clients = Executors.newFixedThreadPool(MANY);
        try (A6Client apisix = runner.connect()) {
            long token = Calls.prepare(apisix, "looks", conf);
            List<Callable<Boolean>> calls = new ArrayList<>();
            for (int i = 0; i < MANY; i++) {
                Client connection = new Client(runner.socket());
                connections.add(connection);
                calls.add(() -> call.isServed(connection, token, answer, turned));
            }
            int served = 0;
            for (Future<Boolean> each : clients.invokeAll(calls, LIMIT_SECONDS, TimeUnit.SECONDS)) {
                served += each.get() ? 1 : 0; // throws what the call threw
            }
            System.out.println(MANY + " bodies of 16 MB at once, " + what + ": " + served + " served, " + (MANY - served) + " refused; "
                    + ProcessMemory.of(runner.process()));
            assertThat(served).isPositive();
            for (Client connection : connections) { // each is in step still
                assertThat(connection.isSilent()).isTrue();
            }
            apisix.send(Calls.request(token, "/").frame());
            assertThat(apisix.receive().orElseThrow().type()).isEqualTo(FrameType.EXTRA_INFO);
            apisix.send(new ExtraInfo.Resp(new byte[] {1}).frame());
            assertThat(apisix.receive().orElseThrow().type()).isEqualTo(FrameType.HTTP_REQ_CALL);
        } finally {
            clients.shutdownNow();
            for (Client connection : connections) {
                connection.close();
            }
        }
        assertThat(runner.process().isAlive()).isTrue();
    }

    private static RunnerProcess start() {
        return Distribution.packed().runner().deploying(TestBundle.of("test.looks", "1.0.0", Looks.class))
                .variable("A6RUNNER_JAVA_OPTS", "-Xmx256m").start();
    }

    @Test
    void sixtyFourRequestBodiesOfSixteenMegabytesAtOnceAreAnswered() throws Exception {
        try (RunnerProcess runner = start()) {
            assertAllAreAnswered(runner, "request phase", "see", null,
                    (connection, token, answer, turned) -> servesRequest(connection, Calls.request(token, "/"), answer, turned));
            assertAllAreAnswered(runner, "request phase, turned round", "turn", seen(Looks.turned(BODY.clone())),
                    (connection, token, answer, turned) -> servesRequest(connection, Calls.request(token, "/"), answer, turned));
        }
    }

    @Test
    void sixtyFourResponseBodiesOfSixteenMegabytesAtOnceAreAnswered() throws Exception {
        try (RunnerProcess runner = start()) {
            assertAllAreAnswered(runner, "response phase", "see", null,
                    (connection, token, answer, turned) -> servesResponse(connection, Calls.response(token, 200), answer, turned));
            assertAllAreAnswered(runner, "response phase, turned round", "turn", seen(Looks.turned(BODY.clone())),
                    (connection, token, answer, turned) -> servesResponse(connection, Calls.response(token, 200), answer, turned));
        }
    }
}
