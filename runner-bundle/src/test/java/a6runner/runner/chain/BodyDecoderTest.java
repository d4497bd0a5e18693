// SPDX-License-Identifier: Apache-2.0
package a6runner.runner.chain;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class BodyDecoderTest {

    private static final byte[] TEXT = "Grüße, 你好, ".repeat(5_000).getBytes(StandardCharsets.UTF_8);
    private static final long MAX = 16_000_000;

    static byte[] gzip(byte[] bytes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (OutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    private static byte[] deflate(byte[] bytes, int level, boolean raw) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Deflater deflater = new Deflater(level, raw);
        try (OutputStream deflate = new DeflaterOutputStream(out, deflater)) {
            deflate.write(bytes);
        }
        deflater.end();
        return out.toByteArray();
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "GZIP", "x-gzip", " gzip "})
    void decodesGzip(String encoding) {
        assertThat(BodyDecoder.decode(gzip(TEXT), encoding, MAX)).isEqualTo(TEXT);
    }

    @Test
    void decodesGzipInSeveralMembers() {
        byte[] one = gzip("one".getBytes(StandardCharsets.UTF_8));
        byte[] two = gzip("two".getBytes(StandardCharsets.UTF_8));
        byte[] both = Arrays.copyOf(one, one.length + two.length);
        System.arraycopy(two, 0, both, one.length, two.length);
        assertThat(BodyDecoder.decode(both, "gzip", MAX)).asString().isEqualTo("onetwo");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 6, 9})
    void decodesDeflateWithAndWithoutZlibsHeader(int level) throws IOException {
        assertThat(BodyDecoder.decode(deflate(TEXT, level, false), "deflate", MAX)).isEqualTo(TEXT);
        assertThat(BodyDecoder.decode(deflate(TEXT, level, true), "Deflate", MAX)).isEqualTo(TEXT);
    }

    @Test
    void leavesOtherBodiesAlone() {
        assertThat(BodyDecoder.decode(TEXT, null, 1)).isSameAs(TEXT);
        assertThat(BodyDecoder.decode(TEXT, "identity", 1)).isSameAs(TEXT);
        assertThat(BodyDecoder.decode(TEXT, "br", 1)).isSameAs(TEXT);
        byte[] empty = {};
        assertThat(BodyDecoder.decode(empty, "gzip", 1)).isSameAs(empty);
    }

    @Test
    void decodesUpToTheLimitAndNoFurther() {
        assertThat(BodyDecoder.decode(gzip(TEXT), "gzip", TEXT.length)).isEqualTo(TEXT);
        assertThatThrownBy(() -> BodyDecoder.decode(gzip(TEXT), "gzip", TEXT.length - 1)).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("content-encoding gzip").hasMessageContaining("longer than body.max, " + (TEXT.length - 1) + " bytes");
    }

    @Test
    void stopsABombEarly() {
        byte[] bomb = gzip(new byte[200_000_000]);
        assertThat(bomb.length).isLessThan(250_000);
        assertThatThrownBy(() -> BodyDecoder.decode(bomb, "gzip", 1_000_000)).hasMessageContaining("longer than body.max");
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "deflate"})
    void refusesWhatIsNotWhatItSays(String encoding) {
        byte[] plain = "plain text, by a server that lies".getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> BodyDecoder.decode(plain, encoding, MAX)).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("says content-encoding " + encoding + " and can't be decoded");
    }

    @Test
    void refusesWhatIsCutShort() throws IOException {
        byte[] gzip = gzip(TEXT);
        for (int length : new int[] {1, 5, 10, gzip.length / 2, gzip.length - 1}) {
            assertThatThrownBy(() -> BodyDecoder.decode(Arrays.copyOf(gzip, length), "gzip", MAX)).as("%s bytes", length)
                    .isInstanceOf(IllegalStateException.class);
        }
        byte[] raw = deflate(TEXT, 6, true);
        for (int length : new int[] {1, 5, raw.length / 2, raw.length - 1}) {
            assertThatThrownBy(() -> BodyDecoder.decode(Arrays.copyOf(raw, length), "deflate", MAX)).as("%s bytes", length)
                    .isInstanceOf(IllegalStateException.class);
        }
    }
}
