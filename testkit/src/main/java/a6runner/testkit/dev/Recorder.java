// SPDX-License-Identifier: Apache-2.0
package a6runner.testkit.dev;

import a6runner.testkit.gateway.CallTrace;
import a6runner.testkit.gateway.CallTrace.TracedFrame;
import a6runner.testkit.golden.MessageJson;
import a6runner.testkit.wire.Entry;
import a6runner.testkit.wire.FrameType;
import a6runner.testkit.wire.Message;
import a6runner.testkit.wire.Message.Direction;
import a6runner.testkit.wire.WireException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * Keeps the frames of each request in a folder, in the format of the golden frames: {@code NAME.NN.rpc.req.bin} and {@code .resp.bin}, and an index.json that
 * {@link a6runner.testkit.golden.GoldenScenarios#load(Path)} reads; after each request it is whole. Any thread.
 */
final class Recorder implements CallTrace.Observer {

    private static final String HEAD = "{\"apisix\": \"a6runner dev\", \"scenarios\": [";
    private static final String TAIL = "\n]}\n";

    private final Path folder;
    private int calls;

    /** Records into the folder, which is made if it isn't there, and must have no index yet. */
    Recorder(Path folder) throws IOException {
        this.folder = folder;
        Files.createDirectories(folder);
        try {
            Files.createFile(index());
        } catch (FileAlreadyExistsException e) {
            throw new IOException("there is a recording in " + folder + " already", e);
        }
        Files.writeString(index(), HEAD + TAIL);
    }

    @Override
    public synchronized void done(CallTrace trace) {
        if (trace.frames().isEmpty()) {
            return;
        }
        try {
            calls++;
            String name = String.format(Locale.ROOT, "call-%05d", calls);
            ObjectNode scenario = JsonNodeFactory.instance.objectNode();
            scenario.put("name", name);
            scenario.put("desc", CallPrinter.line(trace));
            scenario.set("plugins", plugins(trace));
            scenario.put("http_request", request(trace));
            scenario.putArray("http_responses").addObject().put("status", trace.status());
            scenario.putArray("upstream_requests");
            scenario.putArray("apisix_log");
            ArrayNode frames = scenario.putArray("frames");
            for (int i = 0; i < trace.frames().size(); i++) {
                frames.add(frame(name, i + 1, trace.frames().get(i)));
            }
            append(new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(scenario));
        } catch (IOException e) {
            throw new UncheckedIOException("can't record into " + folder, e);
        }
    }

    private ObjectNode frame(String call, int number, TracedFrame frame) throws IOException {
        String type = FrameType.name(frame.frame().type()).replaceFirst("unknown \\((\\d+)\\)", "$1").replaceFirst(" \\(.*", "");
        boolean toRunner = frame.direction() == Direction.TO_RUNNER;
        String file = String.format(Locale.ROOT, "%s.%02d.%s.%s.bin", call, number, type.toLowerCase(Locale.ROOT),
                toRunner ? "req" : "resp");
        Files.write(folder.resolve(file), frame.frame().toBytes());
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("file", file).put("direction", toRunner ? "apisix->runner" : "runner->apisix").put("rpc", type);
        try {
            Message message = Message.decode(frame.direction(), frame.frame());
            json.put("message", MessageJson.name(message));
            json.set("decoded", MessageJson.of(message));
        } catch (WireException e) {
            json.putNull("message");
            json.putNull("decoded");
        }
        return json.put("payload_len", frame.frame().payload().length).put("conn", frame.connection());
    }

    private static ObjectNode plugins(CallTrace trace) {
        ObjectNode plugins = JsonNodeFactory.instance.objectNode();
        trace.phases().forEach(phase -> {
            ObjectNode plugin = plugins.putObject(phase.plugin().phase().pluginName());
            List<Entry> conf = phase.plugin().conf();
            if (conf != null) {
                ArrayNode entries = plugin.putArray("conf");
                conf.forEach(entry -> entries.addObject().put("name", entry.name().toString()).put("value", entry.value().toString()));
            }
        });
        return plugins;
    }

    /** The head; the body isn't kept. */
    private static String request(CallTrace trace) {
        List<String> lines = new ArrayList<>();
        lines.add(trace.request().method() + " " + trace.request().target() + " HTTP/1." + trace.request().minor());
        trace.request().headers().forEach(header -> lines.add(header.name() + ": " + header.value()));
        return String.join("\r\n", lines) + "\r\n\r\n";
    }

    private void append(String scenario) throws IOException {
        try (RandomAccessFile index = new RandomAccessFile(index().toFile(), "rw")) {
            index.seek(index.length() - TAIL.length());
            index.write(((calls > 1 ? "," : "") + "\n" + scenario + TAIL).getBytes(UTF_8));
        }
    }

    private Path index() {
        return folder.resolve("index.json");
    }
}
