// SPDX-License-Identifier: Apache-2.0
package a6runner.protocol.message;

import a6runner.spi.ReceivedEntries;
import org.apache.apisix.plugin.runner.HttpRequest;

/** An {@code A6.HTTPReqCall.Req} (WIRE.md). Any thread; as {@link ReceivedMessage} says. */
public class RequestMessage extends ReceivedMessage {

    static final int SLOT_ID = 0;
    static final int SLOT_SRC_IP = 1;
    static final int SLOT_METHOD = 2;
    static final int SLOT_PATH = 3;
    static final int SLOT_ARGS = 4;
    static final int SLOT_HEADERS = 5;
    static final int SLOT_CONF_TOKEN = 6;

    private static final HttpRequest.Method[] METHODS = HttpRequest.Method.values();

    private final int id;
    private final int confToken;
    private final HttpRequest.Method method;
    private EntriesView headers;
    private EntriesView args;

    /**
     * Verifies and takes a payload, which is in {@code bytes} from index 0.
     *
     * @throws MessageException if it is no such message
     */
    public RequestMessage(byte[] bytes, int length) throws MessageException {
        super(bytes, verify(bytes, length));
        int methodField = Tables.field(bytes, table, SLOT_METHOD);
        this.id = Tables.uint32Field(bytes, table, SLOT_ID);
        this.confToken = Tables.uint32Field(bytes, table, SLOT_CONF_TOKEN);
        this.method = METHODS[methodField == 0 ? 0 : bytes[methodField]];
    }

    private static int verify(byte[] bytes, int length) throws MessageException {
        String name = "HTTPReqCall.Req";
        int table = Verifier.root(bytes, length, name);
        Verifier.scalar(bytes, table, SLOT_ID, 4, name);
        Verifier.bytes(bytes, length, table, SLOT_SRC_IP, name);
        Verifier.scalar(bytes, table, SLOT_METHOD, 1, name);
        Verifier.bytes(bytes, length, table, SLOT_PATH, name);
        Verifier.entries(bytes, length, table, SLOT_ARGS, name);
        Verifier.entries(bytes, length, table, SLOT_HEADERS, name);
        Verifier.scalar(bytes, table, SLOT_CONF_TOKEN, 4, name);
        int method = Tables.field(bytes, table, SLOT_METHOD);
        if (method != 0 && (bytes[method] & 0xFF) >= METHODS.length) {
            throw new MessageException(name + ": unknown method " + (bytes[method] & 0xFF) + " (expected: 0 to " + (METHODS.length - 1) + ")");
        }
        return table;
    }

    public final long id() {
        return id & 0xFFFF_FFFFL;
    }

    public final int confToken() {
        return confToken;
    }

    public final HttpRequest.Method method() {
        return method;
    }

    public final byte[] sourceAddress() {
        return copy(SLOT_SRC_IP);
    }

    public final String path() {
        return text(SLOT_PATH);
    }

    public final ReceivedEntries headers() {
        EntriesView view = headers;
        if (view == null) {
            check();
            headers = view = entries(SLOT_HEADERS);
            check();
        }
        return view;
    }

    public final ReceivedEntries args() {
        EntriesView view = args;
        if (view == null) {
            check();
            args = view = entries(SLOT_ARGS);
            check();
        }
        return view;
    }
}
