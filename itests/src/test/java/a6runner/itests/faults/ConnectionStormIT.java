// SPDX-License-Identifier: Apache-2.0
package a6runner.itests.faults;

import a6runner.itests.Distribution;
import a6runner.itests.RunnerProcess;
import a6runner.testkit.A6Client;
import a6runner.testkit.wire.Frame;
import a6runner.testkit.wire.FrameType;
import a6runner.testkit.wire.HttpReqCall;
import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Very many connections at once, and more than the process may open files, against the real process. */
final class ConnectionStormIT {

    private static final int STORM = 1_000;

    @Test
    void aThousandConnectionsAtOnceGetOneReplyEach() throws IOException {
        List<RawConnection> connections = new ArrayList<>();
        try (RunnerProcess runner = Distribution.packed().runner().deploying("noop").setting("loops", "4").start(); A6Client apisix = runner.connect()) {
            long token = Calls.prepare(apisix, "noop", "{}");
            List<HttpReqCall.Req> requests = new ArrayList<>();
            for (int i = 0; i < STORM; i++) {
                connections.add(new RawConnection(runner.socket()));
                requests.add(Calls.request(token, "/"));
                connections.get(i).writeAll(requests.get(i).frame().toBytes());
            }
            for (int i = 0; i < STORM; i++) {
                assertAnswered(connections.get(i), requests.get(i));
            }
            assertThat(connections).allMatch(RawConnection::isSilent);
        } finally {
            close(connections);
        }
    }

    @Test
    void connectionsBeyondTheLimitOfOpenFilesWaitAndAreServedWhenOthersGo() throws Exception {
        int room = 100;
        int beyond = 100;
        List<RawConnection> connections = new ArrayList<>();
        try (RunnerProcess runner = Distribution.packed().runner().deploying("noop").start(); A6Client apisix = runner.connect()) {
            long token = Calls.prepare(apisix, "noop", "{}");
            Calls.assertServes(apisix, token);
            runner.awaitShell(); // It wants files of its own.
            limitOpenFiles(runner.process(), openFiles(runner.process()) + room);
            List<HttpReqCall.Req> requests = new ArrayList<>();
            for (int i = 0; i < room + beyond; i++) {
                connections.add(new RawConnection(runner.socket()));
                requests.add(Calls.request(token, "/"));
                connections.get(i).writeAll(requests.get(i).frame().toBytes());
            }
            assertThat(runner.awaitLog("ERROR", "connections can't be accepted", "Too many open files", "raise the limit of open files")).isNotEmpty();
            Calls.assertServes(apisix, token); // who is in is served

            for (int i = 0; i < room + beyond; i++) {
                assertAnswered(connections.get(i), requests.get(i));
                connections.get(i).close(); // makes room for one that waits
            }
            assertThat(runner.awaitLog("connections are accepted again")).isNotEmpty();
            assertThat(runner.lines().stream().filter(line -> line.contains("ERROR"))).allMatch(line -> line.contains("can't be accepted"));
            try (A6Client last = runner.connect()) {
                Calls.assertServes(last, token);
            }
        } finally {
            close(connections);
        }
    }

    private static void assertAnswered(RawConnection connection, HttpReqCall.Req request) throws IOException {
        Frame reply = connection.readFrame();
        assertThat(reply.type()).isEqualTo(FrameType.HTTP_REQ_CALL);
        assertThat(HttpReqCall.Resp.decode(reply.payload()).id()).isEqualTo(request.id());
    }

    private static int openFiles(Process process) {
        return new File("/proc/" + process.pid() + "/fd").list().length;
    }

    private static void limitOpenFiles(Process process, int limit) throws IOException, InterruptedException {
        String nofile = "--nofile=" + limit + ":" + limit;
        assertThat(new ProcessBuilder("prlimit", "--pid", Long.toString(process.pid()), nofile).inheritIO().start().waitFor()).isZero();
    }

    private static void close(List<RawConnection> connections) throws IOException {
        for (RawConnection connection : connections) {
            connection.close();
        }
    }
}
