// SPDX-License-Identifier: Apache-2.0
package a6runner.protocol.message;

import a6runner.protocol.frame.FrameEncoder;
import a6runner.protocol.frame.FrameException;
import a6runner.protocol.frame.FrameType;
import a6runner.spi.ReceivedEntries;
import a6runner.spi.ResponseReply;
import a6runner.spi.Rewrite;
import a6runner.spi.Stop;
import a6runner.spi.TextEntries;
import io.netty.buffer.ByteBuf;
import java.util.function.Supplier;

/**
 * Messages to frames (WIRE.md): one per event loop, used by its thread only. Every method returns a whole frame in one buffer, which the caller owns, and
 * throws {@link FrameException} if the message is longer than a frame can say.
 */
public final class MessageEncoder {

    private static final FlatWriter.Layout ERROR = new FlatWriter.Layout(8, 4);
    private static final int ERROR_CODE = 0;

    private static final FlatWriter.Layout TOKEN = new FlatWriter.Layout(8, 4);
    private static final int TOKEN_CONF_TOKEN = 0;

    private static final FlatWriter.Layout REQUEST_REPLY = new FlatWriter.Layout(16, 4, 12, 8);
    private static final int REQUEST_ID = 0;
    private static final int REQUEST_ACTION_TYPE = 1;
    private static final int REQUEST_ACTION = 2;
    private static final int ACTION_STOP = 1;
    private static final int ACTION_REWRITE = 2;

    private static final FlatWriter.Layout REWRITE = new FlatWriter.Layout(24, 4, 8, 12, 16, 20);
    private static final int REWRITE_PATH = 0;
    private static final int REWRITE_HEADERS = 1;
    private static final int REWRITE_ARGS = 2;
    private static final int REWRITE_RESP_HEADERS = 3;
    private static final int REWRITE_BODY = 4;

    private static final FlatWriter.Layout STOP = new FlatWriter.Layout(16, 12, 4, 8);
    private static final int STOP_STATUS = 0;
    private static final int STOP_HEADERS = 1;
    private static final int STOP_BODY = 2;

    private static final FlatWriter.Layout RESPONSE_REPLY = new FlatWriter.Layout(20, 4, 16, 8, 12);
    private static final int RESPONSE_ID = 0;
    private static final int RESPONSE_STATUS = 1;
    private static final int RESPONSE_HEADERS = 2;
    private static final int RESPONSE_BODY = 3;

    private static final FlatWriter.Layout QUESTION = new FlatWriter.Layout(12, 8, 4);
    private static final int QUESTION_INFO_TYPE = 0;
    private static final int QUESTION_INFO = 1;
    private static final int INFO_VAR = 1;
    private static final int INFO_REQUEST_BODY = 2;
    private static final int INFO_RESPONSE_BODY = 3;

    private static final FlatWriter.Layout VAR = new FlatWriter.Layout(8, 4);
    private static final int VAR_NAME = 0;
    private static final FlatWriter.Layout NO_FIELDS = new FlatWriter.Layout(4);

    private static final FlatWriter.Layout ENTRY = new FlatWriter.Layout(12, 4, 8);
    private static final FlatWriter.Layout ENTRY_WITHOUT_VALUE = new FlatWriter.Layout(8, 4, 0);
    private static final int ENTRY_NAME = 0;
    private static final int ENTRY_VALUE = 1;

    private final FlatWriter writer;
    private int sampleEntry; // one of this message, 0 if there is none yet: the others share its vtable
    private int sampleWithoutValue;

    /** An encoder whose frames the given one finishes. */
    public MessageEncoder(FrameEncoder frames) {
        writer = new FlatWriter(frames);
    }

    /** {@code Err.Resp}. Never empty: an empty payload makes APISIX throw (APISIX.md §3). */
    public ByteBuf error(ErrorCode code) throws FrameException {
        int error = writer.begin(ERROR);
        writer.int8(error, ERROR, ERROR_CODE, code.ordinal());
        return writer.frame(FrameType.ERROR);
    }

    /** {@code PrepareConf.Resp}. */
    public ByteBuf token(int token) throws FrameException {
        int reply = writer.begin(TOKEN);
        writer.int32(reply, TOKEN, TOKEN_CONF_TOKEN, token);
        return writer.frame(FrameType.PREPARE_CONF);
    }

    /** {@code HTTPReqCall.Resp} without action. */
    public ByteBuf goOn(long id) throws FrameException {
        int reply = writer.begin(REQUEST_REPLY);
        writer.int32(reply, REQUEST_REPLY, REQUEST_ID, (int) id);
        return writer.frame(FrameType.HTTP_REQ_CALL);
    }

    /** {@code HTTPReqCall.Resp} with a {@code Rewrite}. Names of request headers go in lower case: right in all versions (APISIX.md §12). */
    public ByteBuf rewrite(RequestMessage request, Rewrite rewrite) throws FrameException {
        int action = beginAction(request, ACTION_REWRITE, REWRITE);
        if (rewrite.path() != null) {
            writer.reference(action, REWRITE, REWRITE_PATH, writer.string(rewrite.path()));
        }
        entries(action, REWRITE, REWRITE_HEADERS, rewrite.headers(), request::headers, true);
        entries(action, REWRITE, REWRITE_ARGS, rewrite.args(), request::args, false);
        entries(action, REWRITE, REWRITE_RESP_HEADERS, rewrite.responseHeaders(), request::headers, false);
        body(action, REWRITE, REWRITE_BODY, rewrite.body());
        return writer.frame(FrameType.HTTP_REQ_CALL);
    }

    /** {@code HTTPReqCall.Resp} with a {@code Stop}. */
    public ByteBuf stop(RequestMessage request, Stop stop) throws FrameException {
        int action = beginAction(request, ACTION_STOP, STOP);
        writer.int16(action, STOP, STOP_STATUS, stop.status());
        entries(action, STOP, STOP_HEADERS, stop.headers(), request::headers, false);
        body(action, STOP, STOP_BODY, stop.body());
        return writer.frame(FrameType.HTTP_REQ_CALL);
    }

    private int beginAction(RequestMessage request, int type, FlatWriter.Layout layout) {
        int reply = begin(REQUEST_REPLY);
        writer.int32(reply, REQUEST_REPLY, REQUEST_ID, (int) request.id());
        writer.int8(reply, REQUEST_REPLY, REQUEST_ACTION_TYPE, type);
        int action = writer.table(layout);
        writer.reference(reply, REQUEST_REPLY, REQUEST_ACTION, action);
        return action;
    }

    /** {@code HTTPRespCall.Resp}. */
    public ByteBuf response(ResponseMessage request, ResponseReply reply) throws FrameException {
        int response = begin(RESPONSE_REPLY);
        writer.int32(response, RESPONSE_REPLY, RESPONSE_ID, (int) request.id());
        writer.int16(response, RESPONSE_REPLY, RESPONSE_STATUS, reply.status());
        entries(response, RESPONSE_REPLY, RESPONSE_HEADERS, reply.headers(), request::headers, false);
        body(response, RESPONSE_REPLY, RESPONSE_BODY, reply.body());
        return writer.frame(FrameType.HTTP_RESP_CALL);
    }

    /** {@code ExtraInfo.Req} for a variable. */
    public ByteBuf askVar(String name) throws FrameException {
        int variable = beginQuestion(INFO_VAR, VAR);
        writer.reference(variable, VAR, VAR_NAME, writer.string(name));
        return writer.frame(FrameType.EXTRA_INFO);
    }

    /** {@code ExtraInfo.Req} for the request's body. */
    public ByteBuf askRequestBody() throws FrameException {
        beginQuestion(INFO_REQUEST_BODY, NO_FIELDS);
        return writer.frame(FrameType.EXTRA_INFO);
    }

    /** {@code ExtraInfo.Req} for the upstream's body. */
    public ByteBuf askResponseBody() throws FrameException {
        beginQuestion(INFO_RESPONSE_BODY, NO_FIELDS);
        return writer.frame(FrameType.EXTRA_INFO);
    }

    private int beginQuestion(int type, FlatWriter.Layout layout) {
        int question = writer.begin(QUESTION);
        writer.int8(question, QUESTION, QUESTION_INFO_TYPE, type);
        int info = writer.table(layout);
        writer.reference(question, QUESTION, QUESTION_INFO, info);
        return info;
    }

    private int begin(FlatWriter.Layout layout) {
        sampleEntry = 0;
        sampleWithoutValue = 0;
        return writer.begin(layout);
    }

    private void body(int table, FlatWriter.Layout layout, int slot, byte[] body) {
        if (body != null) {
            writer.reference(table, layout, slot, writer.last(body));
        }
    }

    private void entries(
            int table, FlatWriter.Layout layout, int slot, TextEntries entries, Supplier<ReceivedEntries> received, boolean lowerCase) {
        if (entries == null || entries.isEmpty()) {
            return;
        }
        int count = entries.size();
        int vector = writer.vector(count);
        writer.reference(table, layout, slot, vector);
        EntriesView view = null;
        for (int i = 0; i < count; i++) {
            int index = entries.received(i);
            if (index < 0) {
                String value = entries.value(i);
                int entry = entry(vector, i, value != null);
                writer.reference(entry, ENTRY, ENTRY_NAME, lowerCase ? writer.lowerCaseString(entries.name(i)) : writer.string(entries.name(i)));
                if (value != null) {
                    writer.reference(entry, ENTRY, ENTRY_VALUE, writer.string(value));
                }
            } else {
                if (view == null) {
                    view = (EntriesView) received.get();
                }
                int value = view.valuePosition(index);
                int entry = entry(vector, i, value != 0);
                copy(entry, ENTRY_NAME, view.bytes(), view.namePosition(index));
                if (value != 0) {
                    copy(entry, ENTRY_VALUE, view.bytes(), value);
                }
            }
        }
    }

    private int entry(int vector, int index, boolean hasValue) {
        FlatWriter.Layout layout = hasValue ? ENTRY : ENTRY_WITHOUT_VALUE;
        int sample = hasValue ? sampleEntry : sampleWithoutValue;
        int entry = sample == 0 ? writer.table(layout) : writer.tableLike(sample, layout);
        if (hasValue) {
            sampleEntry = entry;
        } else {
            sampleWithoutValue = entry;
        }
        writer.element(vector, index, entry);
        return entry;
    }

    private void copy(int entry, int slot, byte[] from, int string) {
        int copied = string == 0 ? writer.string("") : writer.string(from, Tables.elements(string), Tables.length(from, string));
        writer.reference(entry, ENTRY, slot, copied);
    }
}
