// SPDX-License-Identifier: Apache-2.0
package a6runner.shell.command;

import a6runner.spi.CommandFailure;
import a6runner.spi.ConnectionsView;
import a6runner.spi.Json;
import a6runner.spi.RunnerView;
import a6runner.spi.Setting;
import a6runner.spi.Settings;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.felix.service.command.Descriptor;

/** {@code dump [FILE]}: all that a bug report needs in one zip, secrets masked. */
public final class DumpCommand {

    private static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss");

    private final Inside inside;
    private final Settings settings;
    private final UnaryOperator<String> gogo;

    DumpCommand(Inside inside, Settings settings, UnaryOperator<String> gogo) {
        this.gogo = gogo;
        this.inside = inside;
        this.settings = settings;
    }

    @Descriptor("writes a zip for a bug report to the data folder, secrets masked")
    public String dump() throws IOException {
        Path folder = Path.of(settings.text(Setting.DATA_DIR));
        return dump(folder.resolve("dump-" + LocalDateTime.now().format(STAMP) + "-" + ProcessHandle.current().pid() + ".zip").toString());
    }

    @Descriptor("writes a zip for a bug report to the data folder, secrets masked; or to a file that isn't there yet")
    public String dump(@Descriptor("FILE: its whole path, on the runner's machine") String file) throws IOException {
        Path path = Path.of(file);
        if (!path.isAbsolute()) {
            throw new CommandFailure(CommandFailure.USAGE, file + " (expected: a whole path, for the runner's working directory is not yours)");
        }
        try {
            Files.createFile(path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        } catch (FileAlreadyExistsException e) {
            throw new CommandFailure(file + " exists already");
        }
        try (OutputStream out = Files.newOutputStream(path, StandardOpenOption.WRITE);
                ZipOutputStream zip = new ZipOutputStream(out, StandardCharsets.UTF_8)) {
            write(zip);
        }
        return path + " (" + Files.size(path) + " bytes). Values whose names look like secrets are masked; look through it before you hand it on.";
    }

    private void write(ZipOutputStream zip) throws IOException {
        add(zip, "settings.txt", this::settings);
        add(zip, "java.txt", DumpCommand::java);
        add(zip, "stats.json", () -> new StatsCommand(inside).stats(true));
        add(zip, "plugins.txt", () -> new PluginsCommand(inside).plugins(false));
        add(zip, "plugins.json", () -> new PluginsCommand(inside).plugins(true));
        add(zip, "confs.json", () -> Json.of(inside.require(RunnerView.class).confs().stream().map(conf -> ConfsCommand.object(conf, Instant.now())).toList()));
        add(zip, "connections.txt", () -> new ConnectionsCommand(inside).connections(false));
        add(zip, "loops.txt", () -> StatsCommand.loops(inside.require(ConnectionsView.class)).text());
        add(zip, "calls.json", () -> new CallsCommand(inside).calls(true, false));
        add(zip, "log-levels.txt", () -> new LogCommand(inside).log(false));
        add(zip, "deploys.txt", () -> gogo.apply("a6:deploys"));
        add(zip, "bundles.txt", () -> gogo.apply("felix:lb -s"));
        add(zip, "components.txt", () -> gogo.apply("scr:list"));
        add(zip, "threads.txt", DumpCommand::threads);
    }

    private static void add(ZipOutputStream zip, String name, Callable<String> content) throws IOException {
        zip.putNextEntry(new ZipEntry(name));
        String text;
        try {
            text = content.call();
        } catch (Exception e) {
            text = "not to be had: " + e;
        }
        zip.write(Masks.text(text).getBytes(StandardCharsets.UTF_8));
        zip.write('\n');
        zip.closeEntry();
    }

    private String settings() {
        return Setting.keys().stream().filter(key -> !key.startsWith("plugin.NAME.")).map(key -> key + " = " + Masks.value(key, value(key)))
                .collect(Collectors.joining("\n"));
    }

    private String value(String key) {
        for (Setting setting : Setting.values()) {
            if (setting.key().equals(key)) {
                return settings.text(setting);
            }
        }
        return "";
    }

    private static String java() {
        Map<String, String> properties = new TreeMap<>();
        System.getProperties().forEach((key, value) -> properties.put(String.valueOf(key), String.valueOf(value).replace("\n", "\\n")));
        return properties.entrySet().stream().map(entry -> entry.getKey() + " = " + Masks.value(entry.getKey(), entry.getValue()))
                .collect(Collectors.joining("\n"));
    }

    private static String threads() {
        StringBuilder text = new StringBuilder();
        new TreeMap<>(Thread.getAllStackTraces().entrySet().stream()
                .collect(Collectors.toMap(entry -> entry.getKey().getName() + " #" + entry.getKey().getId() + " " + entry.getKey().getState(), Map.Entry::getValue)))
                        .forEach((name, trace) -> {
                            text.append(name).append('\n');
                            for (StackTraceElement element : trace) {
                                text.append("    ").append(element).append('\n');
                            }
                        });
        return text.toString();
    }
}
