// SPDX-License-Identifier: Apache-2.0
package a6runner.testkit.golden;

import a6runner.testkit.wire.Message.Direction;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Loads the recorded scenarios. Every call reads them anew; any thread. */
public final class GoldenScenarios {

    @FunctionalInterface
    private interface Source {
        InputStream open(String file) throws IOException;
    }

    private GoldenScenarios() {}

    /** The scenarios that the testkit carries. */
    public static List<Scenario> load() {
        try {
            return load(GoldenScenarios::resource);
        } catch (IOException e) {
            throw new UncheckedIOException("The testkit's golden frames can't be read.", e);
        }
    }

    /** The scenarios of a folder that has an {@code index.json} and the frames' files. */
    public static List<Scenario> load(Path folder) throws IOException {
        return load(file -> Files.newInputStream(folder.resolve(file)));
    }

    /** The scenario that the testkit carries under this name; throws {@link IllegalArgumentException} if there is none. */
    public static Scenario named(String name) {
        return load().stream()
                .filter(scenario -> scenario.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no golden scenario is named " + name));
    }

    private static InputStream resource(String file) throws IOException {
        InputStream stream = GoldenScenarios.class.getResourceAsStream(file);
        if (stream == null) {
            throw new FileNotFoundException(file);
        }
        return stream;
    }

    private static List<Scenario> load(Source source) throws IOException {
        JsonNode index;
        try (InputStream in = source.open("index.json")) {
            index = new ObjectMapper().readTree(in);
        }
        List<Scenario> scenarios = new ArrayList<>();
        for (JsonNode scenario : index.get("scenarios")) {
            List<GoldenFrame> frames = new ArrayList<>();
            for (JsonNode frame : scenario.get("frames")) {
                frames.add(frame(frame, source));
            }
            scenarios.add(new Scenario(scenario.get("name").asText(), scenario.get("desc").asText(), scenario, List.copyOf(frames)));
        }
        return List.copyOf(scenarios);
    }

    private static GoldenFrame frame(JsonNode json, Source source) throws IOException {
        String file = json.get("file").asText();
        byte[] bytes = null;
        if (!json.has("file_left_out")) {
            try (InputStream in = source.open(file)) {
                bytes = in.readAllBytes();
            }
        }
        return new GoldenFrame(
                file,
                json.get("direction").asText().equals("apisix->runner") ? Direction.TO_RUNNER : Direction.TO_APISIX,
                json.get("rpc").asText(),
                json.get("message").textValue(),
                json.get("payload_len").asInt(),
                json.get("conn").asInt(),
                json.get("decoded").isNull() ? null : json.get("decoded"),
                bytes);
    }
}
