// SPDX-License-Identifier: Apache-2.0
package a6runner.protocol.takeover;

import a6runner.spi.HandedConf;
import a6runner.spi.PrepareCall.Entry;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The bytes of a talk between two runners: messages of a four-byte length, a byte of type and the rest, all numbers big-endian, texts as UTF-8 after a
 * four-byte length. {@link #VERSION} changes with every change to it, except to {@link Hello}, which stays as it is for ever. Static.
 */
final class HandOverFormat {

    static final int VERSION = 1;
    /** A conf fits into a frame of 16 MB, as APISIX sends it; where it wasn't valid text it may have grown, and stays behind then. */
    static final int MAX_MESSAGE = 20_000_000;

    private static final int MAGIC = 0x41365248; // A6RH
    private static final int MANAGED = 1;
    private static final int LEAVING = 2;
    private static final int HELLO_LENGTH = 4 + 2 + 8 + 1 + 1;

    /** What a message is. The number in the bytes is the place in this list. */
    enum Type {
        /** Both: who I am. First, and once. */
        HELLO,
        /** To the predecessor: send all confs. */
        SEND_CONFS,
        /** To either: a conf. */
        CONF,
        /** To the successor: those were all; how many. */
        ALL_CONFS,
        /** To either: which conf is of this token? Answered by CONF or UNKNOWN. */
        ASK,
        /** To either: none is of this token. */
        UNKNOWN,
        /** To the predecessor: the address is mine; connections are taken at this path, empty if none are. */
        TAKEN,
        /** To the successor: nothing more will come. */
        BYE;

        private static final Type[] ALL = values();
    }

    /** A message as it came. */
    record Message(Type type, ByteBuffer rest) {}

    private HandOverFormat() {}

    /** The type of a message. */
    static Type type(byte number) throws IOException {
        if (number < 0 || number >= Type.ALL.length) {
            throw new IOException("a message of unknown type " + number);
        }
        return Type.ALL[number];
    }

    // ---- to bytes: whole messages

    static ByteBuffer hello(Hello hello) {
        ByteBuffer out = begin(Type.HELLO, HELLO_LENGTH);
        out.putInt(MAGIC).putShort((short) hello.format()).putLong(hello.pid());
        out.put((byte) ((hello.managed() ? MANAGED : 0) | (hello.leaving() ? LEAVING : 0))).put((byte) hello.tokenParity());
        return out.flip();
    }

    static ByteBuffer message(Type type) {
        return begin(type, 0).flip();
    }

    static ByteBuffer message(Type type, int number) {
        return begin(type, 4).putInt(number).flip();
    }

    static ByteBuffer message(Type type, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return begin(type, 4 + bytes.length).putInt(bytes.length).put(bytes).flip();
    }

    /** A conf; null if it is too long. */
    static ByteBuffer conf(HandedConf conf) {
        byte[] key = conf.key().getBytes(StandardCharsets.UTF_8);
        List<byte[]> texts = new ArrayList<>(2 * conf.conf().size());
        long length = 4 + 8 + 8 + 1 + 4 + key.length + 4;
        for (Entry entry : conf.conf()) {
            for (String text : List.of(entry.name(), entry.value())) {
                byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
                texts.add(bytes);
                length += 4 + bytes.length;
            }
        }
        if (length >= MAX_MESSAGE) {
            return null;
        }
        ByteBuffer out = begin(Type.CONF, (int) length);
        out.putInt(conf.token()).putLong(conf.created()).putLong(conf.lastUsed()).put((byte) (conf.superseded() ? 1 : 0));
        out.putInt(key.length).put(key).putInt(conf.conf().size());
        texts.forEach(text -> out.putInt(text.length).put(text));
        return out.flip();
    }

    private static ByteBuffer begin(Type type, int rest) {
        return ByteBuffer.allocate(5 + rest).putInt(1 + rest).put((byte) type.ordinal());
    }

    // ---- from bytes: what stands behind the type

    static Hello readHello(ByteBuffer in) throws IOException {
        if (in.remaining() < HELLO_LENGTH || in.getInt() != MAGIC) {
            throw new IOException("who is there is no A6 Runner");
        }
        int format = in.getShort() & 0xFFFF;
        long pid = in.getLong();
        byte flags = in.get();
        return new Hello(format, pid, (flags & MANAGED) != 0, (flags & LEAVING) != 0, in.get() & 1);
    }

    static int readNumber(ByteBuffer in) throws IOException {
        try {
            int number = in.getInt();
            atEnd(in);
            return number;
        } catch (BufferUnderflowException e) {
            throw tooShort(e);
        }
    }

    static String readText(ByteBuffer in) throws IOException {
        try {
            String text = text(in);
            atEnd(in);
            return text;
        } catch (BufferUnderflowException e) {
            throw tooShort(e);
        }
    }

    static HandedConf readConf(ByteBuffer in) throws IOException {
        try {
            int token = in.getInt();
            long created = in.getLong();
            long lastUsed = in.getLong();
            boolean superseded = in.get() != 0;
            String key = text(in);
            int count = in.getInt();
            if (count < 0 || count > in.remaining() / 8) { // two lengths at least
                throw new IOException("a conf with " + count + " entries in " + in.remaining() + " bytes");
            }
            List<Entry> entries = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                entries.add(new Entry(text(in), text(in)));
            }
            atEnd(in);
            return new HandedConf(token, key, entries, created, lastUsed, superseded);
        } catch (BufferUnderflowException e) {
            throw tooShort(e);
        }
    }

    private static String text(ByteBuffer in) throws IOException {
        int length = in.getInt();
        if (length < 0 || length > in.remaining()) {
            throw new IOException("a text of " + length + " bytes in " + in.remaining());
        }
        byte[] bytes = new byte[length];
        in.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static void atEnd(ByteBuffer in) throws IOException {
        if (in.hasRemaining()) {
            throw new IOException(in.remaining() + " bytes too many in a message");
        }
    }

    private static IOException tooShort(BufferUnderflowException e) {
        return new IOException("a message ends too early", e);
    }
}
