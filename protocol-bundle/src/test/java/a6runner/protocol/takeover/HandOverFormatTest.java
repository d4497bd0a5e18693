// SPDX-License-Identifier: Apache-2.0
package a6runner.protocol.takeover;

import a6runner.spi.HandedConf;
import a6runner.spi.PrepareCall.Entry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class HandOverFormatTest {

    private static final HandedConf CONF =
            new HandedConf(-2, "route#1#ext-plugin-pre-req#7", List.of(new Entry("a", "é€"), new Entry("b", ""), new Entry("a", "{}")), 1_700_000_000L, 1_700_000_001L, true);

    /** What stands behind length and type. */
    private static ByteBuffer rest(ByteBuffer message) {
        assertThat(message.getInt()).isEqualTo(message.remaining());
        message.get();
        return message;
    }

    @Test
    void aConfComesAsItWent() throws IOException {
        assertThat(HandOverFormat.readConf(rest(HandOverFormat.conf(CONF)))).isEqualTo(CONF);
        HandedConf empty = new HandedConf(0, "", List.of(), 0, 0, false);
        assertThat(HandOverFormat.readConf(rest(HandOverFormat.conf(empty)))).isEqualTo(empty);
    }

    @Test
    void theFirstWordComesAsItWent() throws IOException {
        Hello hello = new Hello(9, 4_711, true, false, 1);
        assertThat(HandOverFormat.readHello(rest(HandOverFormat.hello(hello)))).isEqualTo(hello);
        assertThat(hello.fits()).isFalse();
    }

    @Test
    void aConfThatIsTooLongStaysBehind() {
        assertThat(HandOverFormat.conf(new HandedConf(1, "k", List.of(new Entry("a", "x".repeat(HandOverFormat.MAX_MESSAGE))), 0, 0, false))).isNull();
    }

    @Test
    void whatIsCutOffOrTooMuchIsRefused() {
        ByteBuffer whole = rest(HandOverFormat.conf(CONF));
        byte[] bytes = new byte[whole.remaining()];
        whole.get(bytes);
        for (int length = 0; length < bytes.length; length++) {
            ByteBuffer part = ByteBuffer.wrap(bytes, 0, length);
            assertThatThrownBy(() -> HandOverFormat.readConf(part)).isInstanceOf(IOException.class);
        }
        ByteBuffer more = ByteBuffer.allocate(bytes.length + 1).put(bytes).put((byte) 0).flip();
        assertThatThrownBy(() -> HandOverFormat.readConf(more)).isInstanceOf(IOException.class).hasMessage("1 bytes too many in a message");
    }

    @Test
    void noBytesMakeItThrowAnythingElseOrTakeMuchMemory() {
        ByteBuffer whole = rest(HandOverFormat.conf(CONF));
        byte[] bytes = new byte[whole.remaining()];
        whole.get(bytes);
        Random random = new Random(5);
        List<Throwable> others = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            byte[] broken = bytes.clone();
            for (int j = random.nextInt(4); j >= 0; j--) {
                broken[random.nextInt(broken.length)] = (byte) random.nextInt(256);
            }
            try {
                HandOverFormat.readConf(ByteBuffer.wrap(broken));
            } catch (IOException e) {
                // refused, as it should be
            } catch (RuntimeException | Error e) {
                others.add(e);
            }
        }
        assertThat(others).isEmpty();
    }

    @Test
    void whoIsNoRunnerIsTold() {
        assertThatThrownBy(() -> HandOverFormat.readHello(ByteBuffer.wrap("HTTP/1.1 400 Bad Request".getBytes()))).hasMessage("who is there is no A6 Runner");
        assertThatThrownBy(() -> HandOverFormat.type((byte) 99)).hasMessage("a message of unknown type 99");
        assertThatThrownBy(() -> HandOverFormat.type((byte) -1)).isInstanceOf(IOException.class);
    }
}
