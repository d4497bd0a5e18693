// SPDX-License-Identifier: Apache-2.0
package a6runner.testkit;

import a6runner.testkit.wire.Entry;
import a6runner.testkit.wire.ExtraInfo;
import a6runner.testkit.wire.FlatTable;
import a6runner.testkit.wire.Frame;
import a6runner.testkit.wire.FrameType;
import a6runner.testkit.wire.HttpReqCall;
import a6runner.testkit.wire.HttpRespCall;
import a6runner.testkit.wire.Message;
import a6runner.testkit.wire.PrepareConf;
import a6runner.testkit.wire.Text;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Frames that are wrong in one way each, and some that only look wrong, to send to a runner. After each the runner must serve its other connections
 * as before. Stateless; any thread.
 */
public final class BrokenFrames {

    /** What a runner may do with a frame. */
    public enum Expectation {
        /** Answer as to any good frame of its type: what is odd is none of the runner's business. */
        SERVED,
        /** Answer with an error frame, and serve the connection further: the frame's end is known. */
        ERROR,
        /** Answer with an error frame and close, or just close: the stream can't be trusted any more. */
        ERROR_OR_CLOSE,
        /** Answer in either way, as the frame may still be readable, and serve the connection further. */
        SERVED_OR_ERROR
    }

    /**
     * One frame.
     *
     * @param name says what is wrong
     * @param bytes header and payload, as they are to be sent
     */
    public record BrokenFrame(String name, byte[] bytes, Expectation expectation) {

        @Override
        public String toString() {
            return name;
        }
    }

    private static final int SRC_IP = 1;
    private static final int PATH = 3;
    private static final int ARGS = 4;
    private static final int HEADERS = 5;

    private final List<BrokenFrame> frames = new ArrayList<>();
    private final byte[] request;

    private BrokenFrames(long confToken) {
        this.request = request(confToken).encode();
    }

    /**
     * All of them, always the same.
     *
     * @param confToken a token of the runner's, for the frames that get as far as a plugin
     */
    public static List<BrokenFrame> all(long confToken) {
        BrokenFrames all = new BrokenFrames(confToken);
        all.types();
        all.payloads();
        all.offsets();
        all.vectors();
        all.oddButValid(confToken);
        all.noise();
        return List.copyOf(all.frames);
    }

    /** A good request call, from which the broken ones are made. */
    public static HttpReqCall.Req request(long confToken) {
        return new HttpReqCall.Req(1, new byte[] {127, 0, 0, 1}, 0, Text.of("/path"), Entry.list("arg", "1"), Entry.list("host", "x"), confToken);
    }

    private void types() {
        for (int type : new int[] {5, 7, 9, 127, 128, 255}) {
            add("unknown type " + type, type, request, Expectation.ERROR_OR_CLOSE);
        }
        add("an error frame from APISIX", FrameType.ERROR, new byte[12], Expectation.ERROR_OR_CLOSE);
        add("an answer to no question", FrameType.EXTRA_INFO, new ExtraInfo.Resp(new byte[] {1}).encode(), Expectation.ERROR_OR_CLOSE);
        add("an answer without payload to no question", FrameType.EXTRA_INFO, new byte[0], Expectation.ERROR_OR_CLOSE);
    }

    private void payloads() {
        for (int type : new int[] {FrameType.PREPARE_CONF, FrameType.HTTP_REQ_CALL, FrameType.HTTP_RESP_CALL}) {
            String name = FrameType.name(type);
            add(name + " of length 0", type, new byte[0], Expectation.ERROR);
            add(name + " of one byte", type, new byte[1], Expectation.ERROR);
            add(name + " of zeros", type, new byte[64], Expectation.ERROR);
            add(name + " of ones", type, filled(64, 0xFF), Expectation.ERROR);
            add(name + " of text", type, Text.of("GET / HTTP/1.1\r\nHost: x\r\n\r\n").bytes(), Expectation.ERROR);
        }
        Message[] good = {
            new PrepareConf.Req(Entry.list("plugin", "conf"), Text.of("key")), request(1), new HttpRespCall.Req(1, 200, Entry.list("a", "b"), 1)
        };
        for (Message message : good) {
            byte[] whole = message.encode();
            for (int length : new int[] {4, 8, 12, 20, whole.length / 2}) {
                add(FrameType.name(message.type()) + " cut to " + length + " bytes", message.type(), Arrays.copyOf(whole, length), Expectation.ERROR);
            }
        }
    }

    /** Changes of the request's offsets. Its root's offset is at 0; a table begins with the signed distance to its vtable. */
    private void offsets() {
        int table = (int) number(request, 0, 4);
        int vtable = table - (int) number(request, table, 4);
        broken("root offset 0", 0, 0);
        broken("root offset past the end", 0, request.length);
        broken("root offset at the last byte", 0, request.length - 1);
        broken("root offset 2^31-1", 0, Integer.MAX_VALUE);
        broken("root offset negative", 0, -4);
        broken("vtable before the beginning", table, table + 4);
        broken("vtable past the end", table, table - request.length);
        broken("vtable at the end's last two bytes", table, table - (request.length - 2));
        broken("vtable distance 2^31-1", table, Integer.MAX_VALUE);
        broken("vtable distance -2^31", table, Integer.MIN_VALUE);
        broken("vtable of length 2^16-1", with(request, vtable, 2, 0xFFFF));
        broken("vtable of length 2", with(request, vtable, 2, 2));
        broken("table of length 2^16-1, past the end", with(request, vtable + 2, 2, 0xFFFF));
        for (int slot : new int[] {SRC_IP, PATH, ARGS, HEADERS}) {
            int field = table + (int) number(request, vtable + 4 + 2 * slot, 2);
            broken("slot " + slot + " outside of its table", with(request, vtable + 4 + 2 * slot, 2, 0x7FFC));
            broken("slot " + slot + " past the end", field, request.length);
            broken("slot " + slot + " at the end's last two bytes", field, request.length - 2 - field);
            broken("slot " + slot + " negative", field, -8);
            broken("slot " + slot + " refers 2^31-1 bytes away", field, Integer.MAX_VALUE);
        }
        int headers = referred(table, vtable, HEADERS);
        broken("a header that is the vector it stands in", headers + 4, -4);
        broken("a header at its own offset", headers + 4, 0);
        broken("a header that is the root table, 2^32 bytes on", headers + 4, table - (headers + 4));
    }

    private void vectors() {
        int table = (int) number(request, 0, 4);
        int vtable = table - (int) number(request, table, 4);
        for (int slot : new int[] {SRC_IP, PATH, ARGS, HEADERS}) {
            int vector = referred(table, vtable, slot);
            broken("slot " + slot + " of 2^31-1 elements", vector, Integer.MAX_VALUE);
            broken("slot " + slot + " of 2^32-1 elements", vector, -1);
            broken("slot " + slot + " of 2^30 elements, 2^32 bytes", vector, 1 << 30);
            broken("slot " + slot + " of one element too many", vector, request.length - vector);
        }
    }

    private void oddButValid(long token) {
        byte[] noUtf8 = {'/', (byte) 0xC3, '(', (byte) 0xFF, 0, '\r', '\n'};
        List<Entry> odd = List.of(new Entry(new Text(new byte[] {(byte) 0xE9}), new Text(noUtf8)), Entry.of("", ""), Entry.of("valueless", null));
        served("strings that are no UTF-8", new HttpReqCall.Req(1, new byte[4], 0, new Text(noUtf8), odd, odd, token));
        served("source address of 16 bytes", new HttpReqCall.Req(1, new byte[16], 0, Text.of("/"), List.of(), List.of(), token));
        served("path as long as it gets", new HttpReqCall.Req(1, new byte[4], 0, Text.of("/" + "p".repeat(100_000)), List.of(), List.of(), token));
        served("the largest id", new HttpReqCall.Req(0xFFFF_FFFFL, new byte[4], 0, Text.of("/"), List.of(), List.of(), token));
        byte[] manySlots = new FlatTable().bytes(SRC_IP, new byte[4]).string(PATH, Text.of("/")).u32(6, token).string(40, Text.of("new")).toBytes();
        add("a field of a later version", FrameType.HTTP_REQ_CALL, manySlots, Expectation.SERVED);
        add("bytes behind the last table", FrameType.HTTP_REQ_CALL, Arrays.copyOf(request, request.length + 1000), Expectation.SERVED);
    }

    /** Random changes of the good request, which may happen to leave it readable. */
    private void noise() {
        Random random = new Random(20261121);
        for (int i = 0; i < 200; i++) {
            byte[] bytes = request.clone();
            for (int change = random.nextInt(4); change >= 0; change--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            add("noise " + i, FrameType.HTTP_REQ_CALL, bytes, Expectation.SERVED_OR_ERROR);
        }
    }

    private void add(String name, int type, byte[] payload, Expectation expectation) {
        frames.add(new BrokenFrame(name, Frame.raw(type, payload.length, payload), expectation));
    }

    private void served(String name, HttpReqCall.Req message) {
        add(name, message.type(), message.encode(), Expectation.SERVED);
    }

    private void broken(String name, int at, int value) {
        broken(name, with(request, at, 4, value));
    }

    private void broken(String name, byte[] payload) {
        add(name, FrameType.HTTP_REQ_CALL, payload, Expectation.ERROR);
    }

    private int referred(int table, int vtable, int slot) {
        int field = table + (int) number(request, vtable + 4 + 2 * slot, 2);
        return field + (int) number(request, field, 4);
    }

    private static long number(byte[] bytes, int at, int width) {
        long value = 0;
        for (int i = width - 1; i >= 0; i--) {
            value = value << 8 | bytes[at + i] & 0xFF;
        }
        return value;
    }

    private static byte[] with(byte[] bytes, int at, int width, int value) {
        byte[] changed = bytes.clone();
        for (int i = 0; i < width; i++) {
            changed[at + i] = (byte) (value >> 8 * i);
        }
        return changed;
    }

    private static byte[] filled(int length, int value) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }
}
