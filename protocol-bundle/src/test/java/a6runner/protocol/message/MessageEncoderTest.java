// SPDX-License-Identifier: Apache-2.0
package a6runner.protocol.message;

import A6.Err.Code;
import a6runner.protocol.frame.FrameEncoder;
import a6runner.protocol.frame.FrameException;
import a6runner.spi.ResponseReply;
import a6runner.spi.Rewrite;
import a6runner.spi.Stop;
import a6runner.spi.TextEntries;
import a6runner.testkit.wire.Entry;
import a6runner.testkit.wire.Err;
import a6runner.testkit.wire.ExtraInfo;
import a6runner.testkit.wire.Frame;
import a6runner.testkit.wire.HttpReqCall;
import a6runner.testkit.wire.HttpRespCall;
import a6runner.testkit.wire.Message;
import a6runner.testkit.wire.Message.Direction;
import a6runner.testkit.wire.PrepareConf;
import a6runner.testkit.wire.Text;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class MessageEncoderTest {

    private static final long ID = 0xFFFF_FFF0L;
    private static final byte[] NO_UTF8 = {'/', (byte) 0xC3, '(', (byte) 0xFF, 0, '\r', '\n'};
    private static final int MEGABYTE = 1 << 20;

    private final FrameEncoder frames = new FrameEncoder(UnpooledByteBufAllocator.DEFAULT);
    private final MessageEncoder encoder = new MessageEncoder(frames);

    @AfterEach
    void close() {
        frames.close();
    }

    private interface Encoding {
        ByteBuf encode() throws FrameException;
    }

    /** The message as APISIX would read it, by the testkit's codec, which wants a whole frame and strings with a zero behind them; FlatBuffers' own agrees. */
    private static Message read(Encoding encoding) throws FrameException {
        ByteBuf buffer = encoding.encode();
        try {
            Frame frame = Frame.parse(ByteBufUtil.getBytes(buffer));
            assertThat(frame.payload()).isNotEmpty();
            Message message = Message.decode(Direction.TO_APISIX, frame);
            assertThat(GeneratedReader.read(frame)).isEqualTo(message);
            return message;
        } finally {
            buffer.release();
        }
    }

    private static RequestMessage request(List<Entry> args, List<Entry> headers) {
        byte[] payload = new HttpReqCall.Req(ID, new byte[4], 0, Text.of("/"), args, headers, 1).encode();
        try {
            return new RequestMessage(payload, payload.length);
        } catch (MessageException e) {
            throw new AssertionError(e);
        }
    }

    private static ResponseMessage response(Entry... headers) {
        byte[] payload = new HttpRespCall.Req(ID, 200, List.of(headers), 1).encode();
        try {
            return new ResponseMessage(payload, payload.length);
        } catch (MessageException e) {
            throw new AssertionError(e);
        }
    }

    private static TextEntries entries(String... namesAndValues) {
        TextEntries entries = new TextEntries();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            entries.add(namesAndValues[i], namesAndValues[i + 1]);
        }
        return entries;
    }

    private Message read(Stop stop) throws FrameException {
        return read(() -> encoder.stop(request(List.of(), List.of()), stop));
    }

    private static HttpReqCall.Resp stopped(int status, List<Entry> headers, byte[] body) {
        return new HttpReqCall.Resp(ID, new HttpReqCall.Stop(status, headers, body));
    }

    // ---- each message ----

    @ParameterizedTest
    @EnumSource(ErrorCode.class)
    void anErrorSaysItsCodeAndIsNeverEmpty(ErrorCode code) throws FrameException {
        assertThat(read(() -> encoder.error(code))).isEqualTo(new Err.Resp(code.ordinal()));
        assertThat(Code.name(code.ordinal())).isEqualTo(code.name());
        ByteBuf buffer = encoder.error(code);
        ByteBuf ofAnother = encoder.error(ErrorCode.SERVICE_UNAVAILABLE);
        // BAD_REQUEST is the default: it is written all the same, so that the table has its field
        assertThat(buffer.readableBytes()).isEqualTo(ofAnother.readableBytes());
        buffer.release();
        ofAnother.release();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, Integer.MAX_VALUE, Integer.MIN_VALUE, -1})
    void aTokenIs32Bits(int token) throws FrameException {
        assertThat(read(() -> encoder.token(token))).isEqualTo(new PrepareConf.Resp(token & 0xFFFF_FFFFL));
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 0xFFFF_FFFFL})
    void goingOnIsAReplyWithoutAction(long id) throws FrameException {
        assertThat(read(() -> encoder.goOn(id))).isEqualTo(new HttpReqCall.Resp(id, null));
    }

    @Test
    void aStopHasStatusHeadersAndBody() throws FrameException {
        assertThat(read(new Stop(401, entries("a", "1", "A", "", "b", null), new byte[] {1, 0, 2})))
                .isEqualTo(stopped(401, Entry.list("a", "1", "A", "", "b", null), new byte[] {1, 0, 2}));
        assertThat(read(new Stop(999, null, null))).isEqualTo(stopped(999, null, null));
        assertThat(read(new Stop(0, new TextEntries(), null))).isEqualTo(stopped(0, null, null));
    }

    @Test
    void aRewriteHasOnlyWhatChanges() throws FrameException {
        RequestMessage request = request(List.of(), List.of());
        assertThat(read(() -> encoder.rewrite(request, new Rewrite(null, null, null, null, null))))
                .isEqualTo(new HttpReqCall.Resp(ID, new HttpReqCall.Rewrite(null, null, null, null, null)));
        assertThat(read(() -> encoder.rewrite(request, new Rewrite(
                "/p ä?%", entries("h", "1"), entries("Arg", "2", "Arg", "3"), entries("Set-Cookie", "x"), new byte[] {9}))))
                .isEqualTo(new HttpReqCall.Resp(ID, new HttpReqCall.Rewrite(
                        Text.of("/p ä?%"), Entry.list("h", "1"), Entry.list("Arg", "2", "Arg", "3"), Entry.list("Set-Cookie", "x"), new byte[] {9})));
        assertThat(read(() -> encoder.rewrite(request, new Rewrite("", null, null, null, null))))
                .isEqualTo(new HttpReqCall.Resp(ID, new HttpReqCall.Rewrite(Text.of(""), null, null, null, null)));
    }

    @Test
    void namesOfRequestHeadersGoInLowerCaseAndNoOthers() throws FrameException {
        RequestMessage request = request(List.of(), List.of());
        TextEntries mixed = entries("X-Abc", "Value", "HOST", null, "TITLE\u0130", "i");
        HttpReqCall.Rewrite rewrite = (HttpReqCall.Rewrite) ((HttpReqCall.Resp) read(
                () -> encoder.rewrite(request, new Rewrite(null, mixed, mixed, mixed, null)))).action();
        assertThat(rewrite.headers()).isEqualTo(Entry.list("x-abc", "Value", "host", null, "titlei\u0307", "i"));
        assertThat(rewrite.args()).isEqualTo(Entry.list("X-Abc", "Value", "HOST", null, "TITLE\u0130", "i"));
        assertThat(rewrite.respHeaders()).isEqualTo(Entry.list("X-Abc", "Value", "HOST", null, "TITLE\u0130", "i"));
        assertThat(read(new Stop(200, mixed, null))).isEqualTo(stopped(200, rewrite.args(), null));
    }

    @Test
    void aValueThatIsNullIsAbsentAndAnEmptyOneIsThere() throws FrameException {
        HttpReqCall.Stop stop = (HttpReqCall.Stop) ((HttpReqCall.Resp) read(new Stop(200, entries("none", null, "empty", ""), null))).action();
        assertThat(stop.headers().get(0).value()).isNull();
        assertThat(stop.headers().get(1).value()).isEqualTo(Text.of(""));
    }

    @Test
    void aResponseHasStatusHeadersAndBody() throws FrameException {
        assertThat(read(() -> encoder.response(response(), new ResponseReply(503, entries("Content-Type", "t"), new byte[] {' '}))))
                .isEqualTo(new HttpRespCall.Resp(ID, 503, Entry.list("Content-Type", "t"), new byte[] {' '}));
        assertThat(read(() -> encoder.response(response(), new ResponseReply(0, null, null))))
                .isEqualTo(new HttpRespCall.Resp(ID, 0, null, null));
    }

    @Test
    void questionsAreForAVariableOrABody() throws FrameException {
        assertThat(read(() -> encoder.askVar("remote_addr"))).isEqualTo(ExtraInfo.Req.var("remote_addr"));
        assertThat(read(() -> encoder.askVar(""))).isEqualTo(ExtraInfo.Req.var(""));
        assertThat(read(() -> encoder.askRequestBody())).isEqualTo(ExtraInfo.Req.requestBody());
        assertThat(read(() -> encoder.askResponseBody())).isEqualTo(ExtraInfo.Req.responseBody());
    }

    // ---- what was received ----

    @Test
    void receivedEntriesTravelByteForByteBetweenOthers() throws FrameException {
        Entry odd = new Entry(new Text(new byte[] {(byte) 0xE9, 'X'}), new Text(NO_UTF8));
        Entry empty = Entry.of("Empty", "");
        Entry valueless = Entry.of("valueless", null);
        TextEntries entries = new TextEntries();
        entries.addReceived(1);
        entries.add("Own", "value");
        entries.addReceived(0);
        entries.addReceived(2);
        entries.addReceived(0);
        List<Entry> expected = List.of(empty, Entry.of("Own", "value"), odd, valueless, odd);

        assertThat(read(() -> encoder.response(response(odd, empty, valueless), new ResponseReply(0, entries, null))))
                .isEqualTo(new HttpRespCall.Resp(ID, 0, expected, null));
        assertThat(read(() -> encoder.stop(request(List.of(), List.of(odd, empty, valueless)), new Stop(200, entries, null))))
                .isEqualTo(stopped(200, expected, null));
    }

    @Test
    void receivedArgumentsAreArgumentsAndReceivedHeadersHeaders() throws FrameException {
        RequestMessage request = request(Entry.list("a0", "x", "a1", "y"), Entry.list("h0", "v", "h1", "w"));
        TextEntries second = new TextEntries();
        second.addReceived(1);
        assertThat(read(() -> encoder.rewrite(request, new Rewrite(null, second, second, second, null))))
                .isEqualTo(new HttpReqCall.Resp(ID, new HttpReqCall.Rewrite(
                        null, Entry.list("h1", "w"), Entry.list("a1", "y"), Entry.list("h1", "w"), null)));
    }

    @Test
    void aThousandReceivedHeadersTravelInOrder() throws FrameException {
        Entry[] headers = new Entry[1_000];
        TextEntries entries = new TextEntries();
        for (int i = 0; i < headers.length; i++) {
            headers[i] = Entry.of("n" + i, "v".repeat(i % 50));
            entries.addReceived(i);
        }
        assertThat(read(() -> encoder.response(response(headers), new ResponseReply(0, entries, null))))
                .isEqualTo(new HttpRespCall.Resp(ID, 0, List.of(headers), null));
    }

    // ---- limits ----

    private static byte[] body(int length) {
        byte[] body = new byte[length];
        new Random(1).nextBytes(body);
        return body;
    }

    @Test
    void aStopOf15MegabytesIsSentAndTheNextReplyIsRight() throws FrameException {
        byte[] body = body(15 * MEGABYTE);
        HttpReqCall.Resp reply = (HttpReqCall.Resp) read(new Stop(200, entries("a", "b"), body));
        assertThat(Arrays.equals(((HttpReqCall.Stop) reply.action()).body(), body)).isTrue();
        assertThat(read(new Stop(201, entries("c", "d"), null))).isEqualTo(stopped(201, Entry.list("c", "d"), null));
        assertThat(read(() -> encoder.goOn(5))).isEqualTo(new HttpReqCall.Resp(5, null));
    }

    @Test
    void aBigReplyDoesNotKeepItsMemory() throws FrameException {
        read(new Stop(200, null, body(15 * MEGABYTE)));
        long before = ReadAll.allocated();
        for (int i = 0; i < 100; i++) {
            encoder.goOn(i).release();
        }
        assertThat(ReadAll.allocated() - before).isLessThan(MEGABYTE);
    }

    @Test
    void whatIsLongerThanAFrameIsRefusedAndTheNextReplyIsRight() throws FrameException {
        int most = 0xFF_FFFF - overhead() - 3; // 3 for padding
        HttpReqCall.Resp longest = (HttpReqCall.Resp) read(new Stop(200, null, body(most)));
        assertThat(((HttpReqCall.Stop) longest.action()).body()).hasSize(most);

        assertThatThrownBy(() -> read(new Stop(200, null, body(most + 8)))).isInstanceOf(FrameException.class)
                .hasMessageMatching("the reply is too long: 167772\\d\\d bytes \\(expected: up to 16777215\\)");
        assertThatThrownBy(() -> read(new Stop(200, entries("a", "v".repeat(17 * MEGABYTE)), null))).isInstanceOf(FrameException.class);

        assertThat(read(new Stop(201, entries("c", "d"), new byte[1]))).isEqualTo(stopped(201, Entry.list("c", "d"), new byte[1]));
    }

    private int overhead() throws FrameException {
        ByteBuf buffer = encoder.stop(request(List.of(), List.of()), new Stop(200, null, body(0x10_003)));
        int overhead = buffer.readableBytes() - 4 - 0x10_003;
        buffer.release();
        return overhead;
    }

    @ParameterizedTest
    @ValueSource(strings = {"\uD800", "a\uDC00", "\uD800x"})
    void halfACharacterIsRefusedAndTheNextReplyIsRight(String half) throws FrameException {
        assertThatThrownBy(() -> read(new Stop(200, entries("a", half), body(100_000)))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> read(new Stop(200, entries(half, null), null))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> encoder.askVar(half)).isInstanceOf(IllegalArgumentException.class);
        assertThat(read(new Stop(200, entries("a", "😀"), null))).isEqualTo(stopped(200, Entry.list("a", "😀"), null));
        assertThat(read(() -> encoder.error(ErrorCode.SERVICE_UNAVAILABLE))).isEqualTo(new Err.Resp(1));
    }

    @Test
    void anEntryThatWasNeverReceivedIsRefusedAndTheNextReplyIsRight() throws FrameException {
        TextEntries entries = new TextEntries();
        entries.addReceived(3);
        assertThatThrownBy(() -> read(new Stop(200, entries, null))).isInstanceOf(IndexOutOfBoundsException.class).hasMessage("entry 3 of 0");
        assertThat(read(new Stop(200, null, null))).isEqualTo(stopped(200, null, null));
    }
}
