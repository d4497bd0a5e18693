// SPDX-License-Identifier: Apache-2.0
package a6runner.protocol.message;

import a6runner.spi.ReceivedEntries;
import a6runner.testkit.wire.Entry;
import a6runner.testkit.wire.HttpReqCall;
import a6runner.testkit.wire.HttpRespCall;
import a6runner.testkit.wire.Text;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ReceivedMessageTest {

    private static final int ROUNDS = 3_000;

    private static byte[] request(String value) {
        List<Entry> headers = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            headers.add(Entry.of("name" + i, value + value.charAt(0)));
        }
        return new HttpReqCall.Req(1, new byte[] {1, 2, 3, 4}, 0, Text.of("/" + value), Entry.list("arg", value), headers, 9).encode();
    }

    private static void assertEnded(ThrowingCallable read) {
        assertThatThrownBy(read).isInstanceOf(IllegalStateException.class).hasMessageStartingWith("the call has ended");
    }

    @Test
    void everyReadOfARequestThrowsOnceItHasEnded() throws MessageException {
        byte[] payload = request("value");
        RequestMessage message = new RequestMessage(payload, payload.length);
        ReceivedEntries headers = message.headers();
        assertThat(message.ended()).isFalse();

        message.end();

        assertThat(message.ended()).isTrue();
        assertEnded(message::path);
        assertEnded(message::sourceAddress);
        assertEnded(message::args);
        assertEnded(headers::size);
        assertEnded(() -> headers.name(0));
        assertEnded(() -> headers.value(0));
        assertEnded(() -> headers.find("name1", 0, true));
        assertEnded(() -> headers.find("nothing", 0, true));
        assertEnded(() -> headers.named(0, "name0", true));
        assertEnded(() -> message.headers().size());
        // these are no part of the bytes
        assertThat(message.id()).isEqualTo(1);
        assertThat(message.confToken()).isEqualTo(9);
        assertThat(message.method()).isNotNull();
    }

    @Test
    void everyReadOfAResponseThrowsOnceItHasEnded() throws MessageException {
        byte[] payload = new HttpRespCall.Req(1, 418, Entry.list("a", "b"), 9).encode();
        ResponseMessage message = new ResponseMessage(payload, payload.length);
        message.end();
        assertEnded(message::headers);
        assertThat(message.status()).isEqualTo(418);
        assertThat(message.id()).isEqualTo(1);
        assertThat(message.confToken()).isEqualTo(9);
    }

    @Test
    void readsThatMeetAnotherCallsBytesTellOfTheEndWhateverTheBytesAre() throws MessageException {
        for (int with : new int[] {0x00, 0x01, 0x7F, 0x80, 0xFF}) {
            byte[] payload = request("value");
            RequestMessage message = new RequestMessage(payload, payload.length);
            ReceivedEntries headers = message.headers();
            message.end();
            Arrays.fill(payload, (byte) with);
            assertEnded(message::path);
            assertEnded(message::sourceAddress);
            assertEnded(() -> headers.name(3));
            assertEnded(() -> headers.value(3));
            assertEnded(() -> headers.find("name9é", 0, true));
            assertEnded(() -> headers.named(4, "é", true));
        }
    }

    @Test
    void aLengthThatChangedUnderAReadAllocatesNothing() throws MessageException {
        byte[] payload = request("value");
        RequestMessage message = new RequestMessage(payload, payload.length);
        int address = Tables.reference(payload, message.table, RequestMessage.SLOT_SRC_IP);
        message.end();
        payload[address + 2] = (byte) 0xFF; // now it has 268,369,924 bytes
        payload[address + 3] = 0x0F;
        long before = ReadAll.allocated();
        assertEnded(message::sourceAddress);
        assertThat(ReadAll.allocated() - before).isLessThan(100_000);
    }

    // ---- the race of a worker that reads with the loop that has ended the call ----

    private static final class Round {
        final RequestMessage message;
        volatile boolean reading;
        volatile boolean done;
        volatile Throwable ended;
        int reads;

        Round(RequestMessage message) {
            this.message = message;
        }

        /** Reads until it throws. */
        void read(String value) {
            try {
                while (true) {
                    ReceivedEntries headers = message.headers();
                    for (int i = 0; i < 10; i++) {
                        same("name" + i, headers.name(i));
                        same(value + value.charAt(0), headers.value(i));
                        reads++;
                    }
                    if (headers.find("NAME9", 0, true) != 9 || !headers.named(3, "name3", false) || headers.size() != 10) {
                        throw new AssertionError("a header was not found");
                    }
                    same("/" + value, message.path());
                    same(value, message.args().value(0));
                    if (!Arrays.equals(message.sourceAddress(), new byte[] {1, 2, 3, 4})) {
                        throw new AssertionError("another address");
                    }
                    reading = true;
                }
            } catch (Throwable e) {
                ended = e;
            }
            done = true;
        }

        private static void same(String wanted, String read) {
            if (!wanted.equals(read)) {
                throw new AssertionError("read " + read + " (expected: " + wanted + ")");
            }
        }
    }

    @Test
    void aReadThatRacesWithTheEndGivesThisCallsBytesOrTellsOfTheEnd() throws Exception {
        String value = "old\u00e9value";
        byte[] old = request(value);
        byte[][] next = {request("NEW\u00e9VALUE"), request("another call's, longer, \u00e4\u00f6\u00fc"), new byte[old.length], new byte[old.length]};
        Arrays.fill(next[3], (byte) 0xFF);
        AtomicReference<Round> current = new AtomicReference<>();
        Thread reader = new Thread(() -> {
            Round last = null;
            while (!Thread.currentThread().isInterrupted()) {
                Round round = current.get();
                if (round == last) {
                    Thread.yield();
                    continue;
                }
                round.read(value);
                last = round;
            }
        });
        reader.setDaemon(true);
        reader.start();
        try {
            byte[] bytes = new byte[old.length + 200];
            for (int i = 0; i < ROUNDS; i++) {
                System.arraycopy(old, 0, bytes, 0, old.length);
                Round round = new Round(new RequestMessage(bytes, old.length));
                current.set(round);
                if (i % 4 != 0) { // else it may be caught before its first read
                    while (!round.reading && !round.done) {
                        Thread.onSpinWait();
                    }
                }
                for (int spin = i % 50; spin > 0; spin--) {
                    Thread.onSpinWait();
                }
                round.message.end();
                byte[] over = next[i % next.length];
                System.arraycopy(over, 0, bytes, 0, Math.min(over.length, bytes.length));
                while (!round.done) {
                    Thread.onSpinWait();
                }
                assertThat(round.ended).as("round " + i).isInstanceOf(IllegalStateException.class).hasMessageStartingWith("the call has ended");
            }
        } finally {
            reader.interrupt();
            reader.join(10_000);
        }
    }
}
