// SPDX-License-Identifier: Apache-2.0
package a6runner.itests.faults;

import a6runner.itests.Await;
import a6runner.itests.Distribution;
import a6runner.itests.RunnerProcess;
import a6runner.itests.TestBundle;
import a6runner.testkit.A6Client;
import a6runner.testkit.Reply;
import a6runner.testkit.wire.Frame;
import a6runner.testkit.wire.FrameType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.apisix.plugin.runner.HttpRequest;
import org.apache.apisix.plugin.runner.HttpResponse;
import org.apache.apisix.plugin.runner.filter.PluginFilter;
import org.apache.apisix.plugin.runner.filter.PluginFilterChain;
import org.junit.jupiter.api.Test;
import org.osgi.service.component.annotations.Component;

import static org.assertj.core.api.Assertions.assertThat;

/** Connections by the thousand, against the real process with its 256 MB of heap: what each of them costs. */
final class ManyConnectionsIT {

    private static final int MANY = 2_000;
    private static final int EVERY = 20;
    /** What a connection may cost on the heap, and in the whole process. Far above what it does cost; far below a frame. */
    private static final long HEAP_LIMIT = 16 * 1024;
    private static final long PROCESS_LIMIT = 40 * 1024;

    /** Answers with a megabyte. */
    @Component
    public static final class Big implements PluginFilter {

        @Override
        public String name() {
            return "big";
        }

        @Override
        public void filter(HttpRequest request, HttpResponse response, PluginFilterChain chain) {
            response.setBody(new byte[1 << 20]);
        }
    }

    @Test
    void twoThousandSilentAndIdleConnectionsStayOpenAndCostLittle() throws IOException {
        List<RawConnection> connections = new ArrayList<>();
        try (RunnerProcess runner = Distribution.packed().runner().deploying("noop").setting("client.timeout", "2s").start();
                A6Client apisix = runner.connect()) {
            byte[] call = Calls.request(Calls.prepare(apisix, "noop", "{}"), "/").frame().toBytes();
            serve(runner, call, 200);
            runner.awaitShell();
            ProcessMemory before = ProcessMemory.of(runner.process());

            for (int i = 0; i < MANY; i++) {
                connections.add(new RawConnection(runner.socket()));
            }
            serve(runner, call, 1); // accepted after all of them
            report("silent", before, ProcessMemory.of(runner.process()));

            for (RawConnection connection : connections) {
                connection.writeAll(call);
                assertThat(connection.readFrame().type()).isEqualTo(FrameType.HTTP_REQ_CALL);
            }
            report("idle after a call", before, ProcessMemory.of(runner.process()));

            // Who stands still halfway is closed after client.timeout; by then any other timeout of that kind would have come too.
            try (RawConnection halfway = new RawConnection(runner.socket())) {
                halfway.writeAll(new byte[] {2, 0});
                Await.until("the connection with half a frame to be closed", halfway::isClosed);
            }
            assertThat(connections).allMatch(RawConnection::isSilent);
            for (int i = 0; i < MANY; i += EVERY) {
                connections.get(i).writeAll(call);
                assertThat(connections.get(i).readFrame().type()).isEqualTo(FrameType.HTTP_REQ_CALL);
            }
            assertThat(connections).allMatch(RawConnection::isSilent);
        } finally {
            close(connections);
        }
    }

    @Test
    void twoThousandConnectionsThatAnnounceSixteenMegabytesAndSendOneByteCostBytes() throws IOException {
        List<RawConnection> connections = new ArrayList<>();
        try (RunnerProcess runner = Distribution.packed().runner().deploying("noop").start();
                Bystander bystander = new Bystander(runner.connect(), "noop");
                A6Client apisix = runner.connect()) {
            long token = Calls.prepare(apisix, "noop", "{}");
            serve(runner, Calls.request(token, "/").frame().toBytes(), 200);
            runner.awaitShell();
            ProcessMemory before = ProcessMemory.of(runner.process());

            byte[] announcement = Frame.raw(FrameType.HTTP_REQ_CALL, Frame.MAX_PAYLOAD, new byte[] {1});
            for (int i = 0; i < MANY; i++) {
                RawConnection connection = new RawConnection(runner.socket());
                connections.add(connection);
                connection.writeAll(announcement);
            }
            bystander.awaitServed(50);
            report("16 MB announced and one byte sent", before, ProcessMemory.of(runner.process()));
            bystander.awaitServed(50);
            assertThat(connections.stream().filter(RawConnection::isClosed).count())
                    .as("closed by now: only those few that had memory set aside for them and did nothing with it for five seconds")
                    .isLessThan(MANY / 10);

            close(connections);
            connections.clear();
            apisix.send(Calls.padded(Calls.request(token, "/"), Frame.MAX_PAYLOAD)); // the memory is there again
            assertThat(apisix.receive().orElseThrow().type()).isEqualTo(FrameType.HTTP_REQ_CALL);
            bystander.awaitServed(50);
        } finally {
            close(connections);
        }
    }

    @Test
    void clientsThatSendCallsAndNeverReadAnswersAreReadNoMoreAndCostAnAnswerEach() throws IOException {
        int clients = 20;
        List<RawConnection> deaf = new ArrayList<>();
        TestBundle bundle = TestBundle.of("test.big", "1.0.0", Big.class);
        try (RunnerProcess runner = Distribution.packed().runner().deploying("noop").setting("plugin.big.execution", "event-loop").start()) {
            bundle.copyTo(runner.deploy());
            runner.awaitLog("test.big");
            try (Bystander bystander = new Bystander(runner.connect(), "noop"); A6Client apisix = runner.connect()) {
                long token = Calls.prepare(apisix, "big", "");
                Await.until("the plugin", () -> Calls.call(apisix, token, "/") instanceof Reply.Stop);
                runner.awaitShell();
                ProcessMemory before = ProcessMemory.of(runner.process());
                byte[] call = Calls.request(token, "/" + "p".repeat(8_000)).frame().toBytes();
                long taken = 0;
                for (int i = 0; i < clients; i++) {
                    deaf.add(new RawConnection(runner.socket()));
                }
                // Each is offered calls until nobody has taken a byte while the bystander was served twenty times.
                List<ByteBuffer> rest = new ArrayList<>();
                deaf.forEach(connection -> rest.add(ByteBuffer.wrap(call)));
                for (long last = -1; last < taken; bystander.awaitServed(20)) {
                    last = taken;
                    for (int i = 0; i < clients; i++) {
                        for (int count = 1; count > 0; ) {
                            count = deaf.get(i).write(rest.get(i));
                            taken += count;
                            if (!rest.get(i).hasRemaining()) {
                                rest.get(i).rewind();
                            }
                            assertThat(taken).as("bytes of calls that the runner takes from clients that don't read").isLessThan(100_000_000);
                        }
                    }
                }
                ProcessMemory after = ProcessMemory.of(runner.process());
                long each = (after.process() - before.process()) / clients;
                System.out.println("bytes per connection that never reads its answers of 1 MiB: " + each + " in the process, "
                        + (after.heap() - before.heap()) / clients + " of them on the heap; " + taken / clients + " bytes of calls taken");
                assertThat(each).isLessThan(5 << 20);
                bystander.awaitServed(50);
                assertThat(deaf.get(0).readFrame().type()).isEqualTo(FrameType.HTTP_REQ_CALL);
            } finally {
                close(deaf); // first, or the runner's stop waits for them to read
            }
        }
    }

    private static void serve(RunnerProcess runner, byte[] call, int times) throws IOException {
        try (RawConnection connection = new RawConnection(runner.socket())) {
            for (int i = 0; i < times; i++) {
                connection.writeAll(call);
                assertThat(connection.readFrame().type()).isEqualTo(FrameType.HTTP_REQ_CALL);
            }
        }
    }

    private static void report(String what, ProcessMemory before, ProcessMemory after) {
        long heap = (after.heap() - before.heap()) / MANY;
        long process = (after.process() - before.process()) / MANY;
        System.out.println("bytes per connection: " + heap + " on the heap, " + process + " in the process (" + MANY + " connections, " + what + "; "
                + after + ")");
        assertThat(heap).as("bytes per connection on the heap, " + what).isLessThan(HEAP_LIMIT);
        assertThat(process).as("bytes per connection in the process, " + what).isLessThan(PROCESS_LIMIT);
    }

    private static void close(List<RawConnection> connections) throws IOException {
        for (RawConnection connection : connections) {
            connection.close();
        }
    }
}
