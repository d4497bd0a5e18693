// SPDX-License-Identifier: Apache-2.0
package a6runner.testkit;

import a6runner.testkit.wire.Err;
import a6runner.testkit.wire.ExtraInfo;
import a6runner.testkit.wire.Frame;
import a6runner.testkit.wire.FrameType;
import a6runner.testkit.wire.HttpReqCall;
import a6runner.testkit.wire.HttpRespCall;
import a6runner.testkit.wire.PrepareConf;
import a6runner.testkit.wire.WireException;
import java.util.ArrayList;
import java.util.List;

/** APISIX's part in one call after the request has left: takes the runner's frames, answers the questions, ends with the reply. */
final class Exchange {

    private final int type;
    private final ExtraInfoSource answers;
    private final List<Question> questions = new ArrayList<>();
    private boolean responseBodyAsked;
    private Reply reply;

    /** An exchange of a call of this type; {@code answers} null where no question is allowed. */
    Exchange(int type, ExtraInfoSource answers) {
        this.type = type;
        this.answers = answers;
    }

    /** Takes a frame; returns the answer to send if it is a question, null if the call is over. */
    Frame accept(Frame frame) {
        try {
            if (frame.type() == FrameType.EXTRA_INFO && answers != null) {
                return answer(ExtraInfo.Req.decode(frame.payload()));
            }
            reply = reply(frame);
        } catch (WireException e) {
            reply = new Reply.Broken(500, e.getMessage());
        }
        return null;
    }

    List<Question> questions() {
        return questions;
    }

    Reply reply() {
        return reply;
    }

    private Reply reply(Frame frame) {
        byte[] payload = frame.payload();
        if (frame.type() == FrameType.ERROR) {
            return new Reply.ErrorReply(Err.Resp.decode(payload).code());
        }
        if (frame.type() != type) {
            return new Reply.Broken(503, "The answer to " + FrameType.name(type) + " is of the type " + FrameType.name(frame.type()) + ".");
        }
        if (type == FrameType.PREPARE_CONF) {
            return new Reply.Prepared(PrepareConf.Resp.decode(payload).confToken());
        }
        if (type == FrameType.HTTP_RESP_CALL) {
            return new Reply.ResponseAnswer(HttpRespCall.Resp.decode(payload));
        }
        HttpReqCall.Resp resp = HttpReqCall.Resp.decode(payload);
        if (resp.action() instanceof HttpReqCall.Stop stop) {
            return new Reply.Stop(resp, stop);
        }
        if (resp.action() instanceof HttpReqCall.Rewrite rewrite) {
            return new Reply.Rewrite(resp, rewrite);
        }
        return new Reply.Continue(resp);
    }

    private Frame answer(ExtraInfo.Req question) {
        if (question.infoType() < ExtraInfo.VAR || question.infoType() > ExtraInfo.RESP_BODY) {
            reply = new Reply.Broken(503, "The runner asks for an unsupported info type: " + question.infoType() + ".");
            return null;
        }
        if (!question.hasInfo() || question.infoType() == ExtraInfo.VAR && question.name() == null) {
            reply = new Reply.Broken(500, "The runner asks a question without " + (question.hasInfo() ? "a name." : "its table."));
            return null;
        }
        byte[] result = switch (question.infoType()) {
            case ExtraInfo.VAR -> answers.var(question.name().toString());
            case ExtraInfo.REQ_BODY -> answers.requestBody();
            default -> responseBodyAsked || type != FrameType.HTTP_RESP_CALL ? null : answers.responseBody();
        };
        responseBodyAsked |= question.infoType() == ExtraInfo.RESP_BODY;
        questions.add(new Question(question.infoType(), question.name(), result));
        try {
            return new ExtraInfo.Resp(result).frame();
        } catch (IllegalArgumentException e) {
            reply = new Reply.Broken(503, "APISIX can't answer the question: " + e.getMessage() + ".");
            return null;
        }
    }
}
