// SPDX-License-Identifier: Apache-2.0
package a6runner.testkit.golden;

import a6runner.testkit.wire.Entry;
import a6runner.testkit.wire.Err;
import a6runner.testkit.wire.ExtraInfo;
import a6runner.testkit.wire.HttpReqCall;
import a6runner.testkit.wire.HttpRespCall;
import a6runner.testkit.wire.Message;
import a6runner.testkit.wire.Method;
import a6runner.testkit.wire.PrepareConf;
import a6runner.testkit.wire.Text;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.HexFormat;
import java.util.List;

import static java.nio.charset.StandardCharsets.UTF_8;

/** A message's fields as the golden index states them; what is absent is left out. The other way round of {@link DecodedFields}. Any thread. */
public final class MessageJson {

    private final ObjectNode json = JsonNodeFactory.instance.objectNode();

    private MessageJson() {}

    /** The fields of a message. */
    public static ObjectNode of(Message message) {
        MessageJson fields = new MessageJson();
        if (message instanceof PrepareConf.Req req) {
            fields.entries("conf", req.conf()).text("key", req.key());
        } else if (message instanceof PrepareConf.Resp resp) {
            fields.number("conf_token", resp.confToken());
        } else if (message instanceof HttpReqCall.Req req) {
            fields.number("id", req.id()).hex("src_ip", req.srcIp()).number("method", req.method()).text("path", req.path())
                    .entries("args", req.args()).entries("headers", req.headers()).number("conf_token", req.confToken());
            fields.json.put("_method", Method.name(req.method()));
        } else if (message instanceof HttpReqCall.Resp resp) {
            fields.number("id", resp.id()).number("action_type", resp.actionType()).action(resp.action());
        } else if (message instanceof HttpRespCall.Req req) {
            fields.number("id", req.id()).number("status", req.status()).entries("headers", req.headers()).number("conf_token", req.confToken());
        } else if (message instanceof HttpRespCall.Resp resp) {
            fields.number("id", resp.id()).number("status", resp.status()).entries("headers", resp.headers()).bytes("body", resp.body());
        } else if (message instanceof ExtraInfo.Req req) {
            fields.number("info_type", req.infoType());
            if (req.hasInfo()) {
                ObjectNode info = fields.json.putObject("info");
                if (req.name() != null) {
                    info.set("name", value(req.name().bytes()));
                }
            }
        } else if (message instanceof ExtraInfo.Resp resp) {
            fields.bytes("result", resp.result());
        } else if (message instanceof Err.Resp resp) {
            fields.json.put("code", resp.code()).put("_code", Err.name(resp.code()));
        }
        return fields.json;
    }

    /** The name that the index has for a message, such as {@code HTTPReqCall.Req}. */
    public static String name(Message message) {
        String outer = message.getClass().getEnclosingClass().getSimpleName();
        return outer.replaceFirst("^Http", "HTTP") + "." + message.getClass().getSimpleName();
    }

    private void action(HttpReqCall.Action action) {
        if (action == null) {
            return;
        }
        MessageJson fields = new MessageJson();
        if (action instanceof HttpReqCall.Stop stop) {
            fields.number("status", stop.status()).entries("headers", stop.headers()).bytes("body", stop.body());
        } else if (action instanceof HttpReqCall.Rewrite rewrite) {
            fields.text("path", rewrite.path()).entries("headers", rewrite.headers()).entries("args", rewrite.args())
                    .entries("resp_headers", rewrite.respHeaders()).bytes("body", rewrite.body());
        }
        json.set("action", fields.json);
    }

    private MessageJson number(String field, long number) {
        if (number != 0) {
            json.put(field, number);
        }
        return this;
    }

    private MessageJson text(String field, Text text) {
        return bytes(field, text == null ? null : text.bytes());
    }

    private MessageJson hex(String field, byte[] bytes) {
        if (bytes != null) {
            json.putObject(field).put("hex", HexFormat.of().formatHex(bytes));
        }
        return this;
    }

    private MessageJson bytes(String field, byte[] bytes) {
        if (bytes != null) {
            json.set(field, value(bytes));
        }
        return this;
    }

    private MessageJson entries(String field, List<Entry> entries) {
        if (entries != null) {
            ArrayNode array = json.putArray(field);
            for (Entry entry : entries) {
                array.addArray().add(value(entry.name() == null ? null : entry.name().bytes())).add(value(entry.value() == null ? null : entry.value().bytes()));
            }
        }
        return this;
    }

    private static JsonNode value(byte[] bytes) {
        if (bytes == null) {
            return JsonNodeFactory.instance.nullNode();
        }
        try {
            return JsonNodeFactory.instance.textNode(UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
        } catch (CharacterCodingException e) {
            return JsonNodeFactory.instance.objectNode().put("hex", HexFormat.of().formatHex(bytes));
        }
    }
}
