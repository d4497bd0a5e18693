// SPDX-License-Identifier: Apache-2.0
package a6runner.protocol.message;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** The generated code beside the schema is what flatc makes of it; spotless has only ordered its imports and given it a header of ours. */
class GeneratedCodeTest {

    private static final Path SCHEMA = Path.of("src/main/flatbuffers/a6.fbs").toAbsolutePath();
    private static final Path GENERATED = Path.of("src/test/generated/java");
    private static final Path FLATC = Path.of("target/flatc/bin/flatc").toAbsolutePath();

    @TempDir
    private Path folder;

    @Test
    void isCurrent() throws IOException, InterruptedException {
        String here = System.getProperty("os.name") + " " + System.getProperty("os.arch");
        assumeTrue(here.equals("Linux amd64"), "flatc of Maven Central runs on Linux amd64, this is " + here);
        assumeTrue(Files.exists(FLATC), "flatc is unpacked by the pom, not by every IDE");
        assertThat(FLATC.toFile().setExecutable(true)).isTrue();

        Process flatc = new ProcessBuilder(FLATC.toString(), "--java", "-o", folder.toString(), SCHEMA.toString())
                .redirectErrorStream(true).redirectOutput(folder.resolve("log").toFile()).start();
        assertThat(flatc.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(flatc.exitValue()).as(Files.readString(folder.resolve("log"))).isZero();

        Map<String, String> fresh = sources(folder);
        assertThat(fresh).hasSizeGreaterThan(15);
        assertThat(sources(GENERATED)).as("after a change of the schema: flatc --java -o src/test/generated/java src/main/flatbuffers/a6.fbs, then spotless")
                .isEqualTo(fresh);
    }

    private static Map<String, String> sources(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(file -> file.toString().endsWith(".java"))
                    .collect(Collectors.toMap(file -> root.relativize(file).toString(), GeneratedCodeTest::content, (a, b) -> a, TreeMap::new));
        }
    }

    private static String content(Path file) {
        try (Stream<String> lines = Files.lines(file)) {
            Map<Boolean, List<String>> parts = lines.map(String::stripTrailing)
                    .filter(line -> !line.isEmpty() && !line.startsWith("//"))
                    .collect(Collectors.partitioningBy(line -> line.startsWith("import ")));
            return parts.get(true).stream().sorted().collect(Collectors.joining("\n")) + "\n" + String.join("\n", parts.get(false));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
