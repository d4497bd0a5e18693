// SPDX-License-Identifier: Apache-2.0
package a6runner.itests.golden;

import a6runner.testkit.golden.GoldenFrame;
import a6runner.testkit.golden.Scenario;
import a6runner.testkit.wire.ExtraInfo;
import a6runner.testkit.wire.Frame;
import a6runner.testkit.wire.FrameType;
import a6runner.testkit.wire.HttpReqCall;
import a6runner.testkit.wire.HttpRespCall;
import a6runner.testkit.wire.Message;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One recorded call: what APISIX sent, what it was asked meanwhile and answered, and what the recorded runner replied.
 *
 * @param reply null if the recorded runner gave none
 */
record Exchange(Scenario scenario, GoldenFrame request, List<Asked> asked, GoldenFrame reply) {

    /**
     * A recorded question.
     *
     * @param answer null if APISIX closed the connection instead of answering
     */
    record Asked(ExtraInfo.Req question, GoldenFrame answer) {

        /** The answer's frame; one that is too large to be in the index's folder is made anew by what the index says of it. */
        byte[] answerBytes() {
            if (answer.bytes() != null) {
                return answer.bytes();
            }
            JsonNode result = answer.decoded().get("result");
            byte[] bytes = new byte[result.get("len").asInt()];
            byte[] prefix = result.get("prefix").asText().getBytes(java.nio.charset.StandardCharsets.US_ASCII);
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = prefix[i % prefix.length];
            }
            return new ExtraInfo.Resp(bytes).frame().toBytes();
        }
    }

    /** A scenario's calls in their order. */
    static List<Exchange> of(Scenario scenario) {
        List<Exchange> exchanges = new ArrayList<>();
        List<GoldenFrame> frames = scenario.frames();
        for (int i = 0; i < frames.size();) {
            GoldenFrame request = frames.get(i++);
            List<Asked> asked = new ArrayList<>();
            while (i < frames.size() && frames.get(i).rpc().equals("EXTRA_INFO")) {
                ExtraInfo.Req question = (ExtraInfo.Req) frames.get(i++).decode();
                boolean answered = i < frames.size() && frames.get(i).rpc().equals("EXTRA_INFO") && frames.get(i).toRunner();
                asked.add(new Asked(question, answered ? frames.get(i++) : null));
            }
            GoldenFrame reply = i < frames.size() && !frames.get(i).toRunner() ? frames.get(i++) : null;
            exchanges.add(new Exchange(scenario, request, List.copyOf(asked), reply));
        }
        return exchanges;
    }

    boolean isPrepare() {
        return type() == FrameType.PREPARE_CONF;
    }

    boolean isResponsePhase() {
        return type() == FrameType.HTTP_RESP_CALL;
    }

    int type() {
        return request.bytes()[0] & 0xFF;
    }

    /** What the recorded runner replied; null if that was nothing, or nothing readable. */
    Message recorded() {
        if (reply == null || reply.decoded() == null || reply.decoded().has("undecodable")) {
            return null;
        }
        if (reply.bytes() == null) {
            return leftOut();
        }
        return reply.decode();
    }

    /** A reply too large for the index's folder: a body that repeats its beginning. */
    private Message leftOut() {
        JsonNode decoded = reply.decoded();
        JsonNode stated = decoded.has("action") ? decoded.get("action").get("body") : decoded.get("body");
        byte[] body = stated.get("prefix").asText().substring(0, 16).repeat(stated.get("len").asInt() / 16).getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        if (isResponsePhase()) {
            return new HttpRespCall.Resp(decoded.get("id").asLong(), 0, null, body);
        }
        HttpReqCall.Action action = decoded.get("action_type").asInt() == HttpReqCall.STOP
                ? new HttpReqCall.Stop(decoded.get("action").get("status").asInt(), null, body)
                : new HttpReqCall.Rewrite(null, null, null, null, body);
        return new HttpReqCall.Resp(decoded.get("id").asLong(), action);
    }

    /** The recorded token of a call, or that a recorded reply gave. */
    long recordedToken() {
        return (isPrepare() ? reply : request).decoded().get("conf_token").asLong();
    }

    /** The request's bytes as APISIX wrote them, but for the token, which is in its place. */
    byte[] requestBytes(long token) {
        byte[] bytes = request.bytes().clone();
        int table = Frame.HEADER_LENGTH + number(bytes, Frame.HEADER_LENGTH, 4);
        int vtable = table - number(bytes, table, 4);
        int slot = isResponsePhase() ? 3 : 6;
        int field = table + number(bytes, vtable + 4 + 2 * slot, 2);
        if (Integer.toUnsignedLong(number(bytes, field, 4)) != recordedToken()) {
            throw new IllegalStateException("the token of " + request + " isn't where it was looked for");
        }
        for (int i = 0; i < 4; i++) {
            bytes[field + i] = (byte) (token >> 8 * i);
        }
        return bytes;
    }

    private static int number(byte[] bytes, int at, int width) {
        int value = 0;
        for (int i = width - 1; i >= 0; i--) {
            value = value << 8 | bytes[at + i] & 0xFF;
        }
        return value;
    }

    /** The request with its token changed, as a message. */
    Message request(long token) {
        byte[] bytes = requestBytes(token);
        return Message.decode(Message.Direction.TO_RUNNER, new Frame(bytes[0] & 0xFF, Arrays.copyOfRange(bytes, Frame.HEADER_LENGTH, bytes.length)));
    }

    @Override
    public String toString() {
        return request.file();
    }
}
