// SPDX-License-Identifier: Apache-2.0
package a6runner.protocol.message;

import a6runner.spi.ReceivedEntries;

/** An {@code A6.HTTPRespCall.Req} (WIRE.md). Any thread; as {@link ReceivedMessage} says. */
public class ResponseMessage extends ReceivedMessage {

    private static final int SLOT_ID = 0;
    private static final int SLOT_STATUS = 1;
    private static final int SLOT_HEADERS = 2;
    private static final int SLOT_CONF_TOKEN = 3;

    private final int id;
    private final int confToken;
    private final int status;
    private EntriesView headers;

    /**
     * Verifies and takes a payload, which is in {@code bytes} from index 0.
     *
     * @throws MessageException if it is no such message
     */
    public ResponseMessage(byte[] bytes, int length) throws MessageException {
        super(bytes, verify(bytes, length));
        int statusField = Tables.field(bytes, table, SLOT_STATUS);
        this.id = Tables.uint32Field(bytes, table, SLOT_ID);
        this.confToken = Tables.uint32Field(bytes, table, SLOT_CONF_TOKEN);
        this.status = statusField == 0 ? 0 : Tables.uint16(bytes, statusField);
    }

    private static int verify(byte[] bytes, int length) throws MessageException {
        String name = "HTTPRespCall.Req";
        int table = Verifier.root(bytes, length, name);
        Verifier.scalar(bytes, table, SLOT_ID, 4, name);
        Verifier.scalar(bytes, table, SLOT_STATUS, 2, name);
        Verifier.entries(bytes, length, table, SLOT_HEADERS, name);
        Verifier.scalar(bytes, table, SLOT_CONF_TOKEN, 4, name);
        return table;
    }

    public final long id() {
        return id & 0xFFFF_FFFFL;
    }

    public final int confToken() {
        return confToken;
    }

    public final int status() {
        return status;
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
}
