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
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * Compares a message with the fields that the golden index states for it. A field that the index leaves out must be absent, 0 for a number; one that
 * the message has and the index doesn't is a difference too. Any thread.
 */
public final class DecodedFields {

    private final List<String> differences = new ArrayList<>();

    private DecodedFields() {}

    /** What differs, a sentence each; empty if the message is what the index states. */
    public static List<String> differences(JsonNode stated, Message message) {
        DecodedFields fields = new DecodedFields();
        if (message instanceof PrepareConf.Req req) {
            fields.entries("conf", stated.get("conf"), req.conf());
            fields.bytes("key", stated.get("key"), bytes(req.key()));
        } else if (message instanceof PrepareConf.Resp resp) {
            fields.number("conf_token", stated.get("conf_token"), resp.confToken());
        } else if (message instanceof HttpReqCall.Req req) {
            fields.number("id", stated.get("id"), req.id());
            fields.bytes("src_ip", stated.get("src_ip"), req.srcIp());
            fields.number("method", stated.get("method"), req.method());
            fields.equal("_method", stated.path("_method").asText(), Method.name(req.method()));
            fields.bytes("path", stated.get("path"), bytes(req.path()));
            fields.entries("args", stated.get("args"), req.args());
            fields.entries("headers", stated.get("headers"), req.headers());
            fields.number("conf_token", stated.get("conf_token"), req.confToken());
        } else if (message instanceof HttpReqCall.Resp resp) {
            fields.number("id", stated.get("id"), resp.id());
            fields.number("action_type", stated.get("action_type"), resp.actionType());
            fields.action(stated.get("action"), resp.action());
        } else if (message instanceof HttpRespCall.Req req) {
            fields.number("id", stated.get("id"), req.id());
            fields.number("status", stated.get("status"), req.status());
            fields.entries("headers", stated.get("headers"), req.headers());
            fields.number("conf_token", stated.get("conf_token"), req.confToken());
        } else if (message instanceof HttpRespCall.Resp resp) {
            fields.number("id", stated.get("id"), resp.id());
            fields.number("status", stated.get("status"), resp.status());
            fields.entries("headers", stated.get("headers"), resp.headers());
            fields.bytes("body", stated.get("body"), resp.body());
        } else if (message instanceof ExtraInfo.Req req) {
            fields.number("info_type", stated.get("info_type"), req.infoType());
            fields.presence("info", stated.get("info"), req.hasInfo() ? req : null);
            fields.bytes("info.name", stated.path("info").get("name"), bytes(req.name()));
        } else if (message instanceof ExtraInfo.Resp resp) {
            fields.bytes("result", stated.get("result"), resp.result());
        } else if (message instanceof Err.Resp resp) {
            fields.number("code", stated.get("code"), resp.code());
        }
        return fields.differences;
    }

    private void action(JsonNode stated, HttpReqCall.Action action) {
        presence("action", stated, action);
        if (!differences.isEmpty() || action == null) {
            return;
        }
        if (action instanceof HttpReqCall.Stop stop) {
            number("status", stated.get("status"), stop.status());
            entries("headers", stated.get("headers"), stop.headers());
            bytes("body", stated.get("body"), stop.body());
        } else if (action instanceof HttpReqCall.Rewrite rewrite) {
            bytes("path", stated.get("path"), bytes(rewrite.path()));
            entries("headers", stated.get("headers"), rewrite.headers());
            entries("args", stated.get("args"), rewrite.args());
            entries("resp_headers", stated.get("resp_headers"), rewrite.respHeaders());
            bytes("body", stated.get("body"), rewrite.body());
        }
    }

    private void entries(String field, JsonNode stated, List<Entry> actual) {
        if (isAbsent(stated) || actual == null) {
            presence(field, stated, actual);
            return;
        }
        equal(field + "'s length", stated.size(), actual.size());
        for (int i = 0; i < Math.min(stated.size(), actual.size()); i++) {
            bytes(field + "[" + i + "].name", stated.get(i).get(0), bytes(actual.get(i).name()));
            bytes(field + "[" + i + "].value", stated.get(i).get(1), bytes(actual.get(i).value()));
        }
    }

    private void number(String field, JsonNode stated, long actual) {
        equal(field, isAbsent(stated) ? 0L : stated.asLong(), actual);
    }

    private void bytes(String field, JsonNode stated, byte[] actual) {
        if (isAbsent(stated) || actual == null) {
            presence(field, stated, actual);
            return;
        }
        if (stated.isTextual()) {
            equal(field, new Text(stated.asText().getBytes(UTF_8)), new Text(actual));
        } else if (stated.has("hex")) {
            equal(field, stated.get("hex").asText(), HexFormat.of().formatHex(actual));
        } else {
            equal(field + "'s length", stated.get("len").asInt(), actual.length);
            if (stated.has("sha256")) {
                equal(field + "'s sha256", stated.get("sha256").asText(), sha256(actual));
            } else {
                String prefix = stated.get("hex_prefix").asText();
                equal(field + "'s beginning", prefix, HexFormat.of().formatHex(actual, 0, Math.min(actual.length, prefix.length() / 2)));
            }
        }
    }

    private void presence(String field, JsonNode stated, Object actual) {
        equal(field, isAbsent(stated) ? "absent" : "there", actual == null ? "absent" : "there");
    }

    private void equal(String field, Object stated, Object actual) {
        if (!stated.equals(actual)) {
            differences.add(field + ": " + actual + " (expected: " + stated + ")");
        }
    }

    private static boolean isAbsent(JsonNode stated) {
        return stated == null || stated.isNull();
    }

    private static byte[] bytes(Text text) {
        return text == null ? null : text.bytes();
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JDK has SHA-256.", e);
        }
    }
}
