// SPDX-License-Identifier: Apache-2.0
package a6runner.itests.golden;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.apisix.plugin.runner.HttpRequest;
import org.apache.apisix.plugin.runner.HttpResponse;
import org.apache.apisix.plugin.runner.PostRequest;
import org.apache.apisix.plugin.runner.PostResponse;
import org.apache.apisix.plugin.runner.filter.ConfiguredFilter;
import org.apache.apisix.plugin.runner.filter.PluginFilter;
import org.apache.apisix.plugin.runner.filter.PluginFilterChain;
import org.osgi.service.component.annotations.Component;

/**
 * Does what the confs of the golden scenarios tell the scripted runner that they were recorded with, as far as a plugin can: asks the questions under {@code
 * extra}, one after the other, and replies by {@code reply}. What only a broken runner does (a frame of the wrong type, half a frame) is left out: the
 * plugin then changes nothing.
 */
@Component(service = PluginFilter.class)
public final class Stub implements ConfiguredFilter<Stub.Program> {

    private static final int LONG = 4096;
    private static final int PREFIX = 32;

    /** A conf. */
    public record Program(List<Map<String, Object>> extra, boolean echo, Map<String, Object> reply) {

        String kind() {
            return (String) reply.get("kind");
        }

        Integer status() {
            return reply.get("status") instanceof Double status ? Integer.valueOf(status.intValue()) : null;
        }

        /** Null if there is none. */
        String body() {
            if (reply.get("body_repeat") instanceof List<?> repeat) {
                return ((String) repeat.get(0)).repeat(((Double) repeat.get(1)).intValue());
            }
            return (String) reply.get("body");
        }

        /** Names and values of {@code headers} or the like, either of them may be null; none if there is no such field. */
        @SuppressWarnings("unchecked")
        List<List<String>> entries(String field) {
            return reply.get(field) == null ? List.of() : (List<List<String>>) reply.get(field);
        }
    }

    @Override
    public String name() {
        return "stub";
    }

    @Override
    @SuppressWarnings("unchecked")
    public Program parseConf(String conf) {
        Map<String, Object> program = (Map<String, Object>) Json.parse(conf);
        List<Map<String, Object>> extra = (List<Map<String, Object>>) program.get("extra");
        return new Program(extra == null ? List.of() : extra, program.containsKey("echo_extra"), (Map<String, Object>) program.get("reply"));
    }

    // ---- the request phase

    @Override
    public void filter(HttpRequest request, HttpResponse response, PluginFilterChain chain) {
        Program program = request.conf(this);
        if (program.extra().isEmpty()) {
            switch (program.kind()) {
                case "stop" -> stop(program, program.body(), response); // and no chain call, as filters do that stop
                case "error" -> throw new IllegalStateException("the conf says so");
                case "hang" -> CompletableFuture.delayedExecutor(1, TimeUnit.MILLISECONDS).execute(() -> chain.filter(request, response));
                default -> {
                    rewrite(program, request);
                    chain.filter(request, response);
                }
            }
            return;
        }
        ask(program, name -> request.var(name), "req_body", request::body).thenAccept(answers -> {
            if (program.kind().equals("stop")) {
                stop(program, program.echo() ? "[" + answers + "]" : program.body(), response);
            } else {
                rewrite(program, request);
            }
            chain.filter(request, response);
        });
    }

    private static void stop(Program program, String body, HttpResponse response) {
        if (program.status() != null) {
            response.setStatusCode(program.status());
        }
        Set<String> seen = new HashSet<>();
        for (List<String> header : program.entries("headers")) {
            if (seen.add(header.get(0).toLowerCase(Locale.ROOT))) {
                response.setHeader(header.get(0), header.get(1));
            } else {
                response.addHeader(header.get(0), header.get(1));
            }
        }
        if (body != null) {
            response.setBody(body);
        }
    }

    private static void rewrite(Program program, HttpRequest request) {
        if (program.reply().containsKey("path")) {
            request.setPath((String) program.reply().get("path"));
        }
        for (List<String> header : program.entries("headers")) {
            request.setHeader(header.get(0), header.get(1));
        }
        Set<String> seen = new HashSet<>();
        for (List<String> arg : program.entries("args")) {
            if (arg.get(1) == null || seen.add(arg.get(0))) {
                request.setArg(arg.get(0), arg.get(1));
            } else {
                request.addArg(arg.get(0), arg.get(1));
            }
        }
        for (List<String> header : program.entries("resp_headers")) {
            orIgnored(() -> request.addResponseHeader(header.get(0), header.get(1)));
        }
        if (program.body() != null) {
            orIgnored(() -> request.setBody(program.body()));
        }
    }

    /** APISIX ignores these, so the api refuses them. */
    private static void orIgnored(Runnable change) {
        try {
            change.run();
        } catch (IllegalArgumentException e) {
            // as if it had not been said
        }
    }

    // ---- the response phase

    @Override
    public void postFilter(PostRequest request, PostResponse response, PluginFilterChain chain) {
        Program program = request.conf(this);
        if (program.kind().equals("error")) {
            throw new IllegalStateException("the conf says so");
        }
        if (program.extra().isEmpty()) {
            change(program, response);
            chain.postFilter(request, response);
            return;
        }
        ask(program, name -> request.var(name), "resp_body", request::body).thenAccept(answers -> {
            change(program, response);
            chain.postFilter(request, response);
        });
    }

    private static void change(Program program, PostResponse response) {
        if (!program.kind().equals("resp")) {
            return;
        }
        if (program.status() != null) {
            response.setStatusCode(program.status());
        }
        Set<String> seen = new HashSet<>();
        for (List<String> header : program.entries("headers")) {
            if (seen.add(header.get(0).toLowerCase(Locale.ROOT))) {
                response.setHeader(header.get(0), header.get(1));
            } else {
                response.addHeader(header.get(0), header.get(1));
            }
        }
        if (program.body() != null) {
            response.setBody(program.body());
        }
    }

    // ---- questions

    private interface Body {
        CompletionStage<Optional<byte[]>> ask();
    }

    /** Asks what the phase can ask, in order; what comes is written as the recorded stub wrote it. The other phase's body is taken as absent. */
    private static CompletionStage<String> ask(Program program, Function<String, CompletionStage<Optional<String>>> vars, String bodyName, Body body) {
        CompletionStage<String> all = CompletableFuture.completedFuture("");
        for (Map<String, Object> extra : program.extra()) {
            all = all.thenCompose(before -> {
                CompletionStage<Optional<byte[]>> one;
                if (extra.get("var") instanceof String name) {
                    one = vars.apply(name).thenApply(value -> value.map(text -> text.getBytes(StandardCharsets.UTF_8)));
                } else {
                    // The one gzip body among the recorded ones has a wrong checksum.
                    one = extra.containsKey(bodyName) ? body.ask().exceptionally(broken -> Optional.empty()) : CompletableFuture.completedFuture(Optional.empty());
                }
                return one.thenApply(answer -> before + (before.isEmpty() ? "" : ", ") + echo(extra, answer));
            });
        }
        return all;
    }

    private static String echo(Map<String, Object> extra, Optional<byte[]> answer) {
        Map.Entry<String, Object> asked = extra.entrySet().iterator().next();
        String ask = "{" + Json.quoted(asked.getKey()) + ": " + (asked.getValue() instanceof String name ? Json.quoted(name) : "true") + "}";
        return "{\"ask\": " + ask + ", \"type\": 3, \"present\": " + answer.isPresent() + ", \"result\": " + echo(answer.orElse(new byte[0])) + "}";
    }

    private static String echo(byte[] answer) {
        String text = new String(answer, StandardCharsets.UTF_8);
        if (answer.length <= LONG) {
            return Json.quoted(text);
        }
        try {
            String hash = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(answer));
            return "{\"len\": " + answer.length + ", \"sha256\": \"" + hash + "\", \"prefix\": " + Json.quoted(text.substring(0, PREFIX)) + "}";
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
