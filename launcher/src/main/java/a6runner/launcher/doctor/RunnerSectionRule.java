// SPDX-License-Identifier: Apache-2.0
package a6runner.launcher.doctor;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * {@code ext-plugin}: whether APISIX starts the runner ({@code cmd}) or finds one ({@code path_for_test}), and whether that fits (APISIX.md §10, §11).
 *
 * @param script {@code bin/a6runner} of this distribution
 * @param socket the address's path of the runner that is looked at; null if none is set
 */
public record RunnerSectionRule(Path script, Path socket) implements ApisixRule {

    private static final String NAME = ApisixCheck.NAME;

    @Override
    public List<Finding> look(ApisixConfig config) {
        List<Finding> findings = new ArrayList<>();
        Optional<Object> command = config.at("ext-plugin", "cmd");
        Optional<String> path = config.pathForTest();
        if (command.isEmpty() && path.isEmpty()) {
            return List.of(noSection(config));
        }
        command.ifPresent(value -> findings.add(command(config, value)));
        path.ifPresent(value -> findings.add(path(config, value, command.isPresent())));
        return findings;
    }

    private Finding noSection(ApisixConfig config) {
        Optional<String> elsewhere = config.misplaced("ext-plugin");
        String where = elsewhere.map(place -> "; there is " + place + ", where APISIX doesn't look").orElse("");
        return Finding.fault(NAME, config.file() + ": neither ext-plugin.cmd nor ext-plugin.path_for_test is set" + where,
                "at the top level, ext-plugin: {cmd: [\"" + script + "\", \"run\"]} has APISIX start the runner; ext-plugin: {path_for_test: "
                        + (socket == null ? "/run/a6runner/a6.sock" : socket) + "} has it find one that something else starts");
    }

    private Finding command(ApisixConfig config, Object value) {
        List<String> words = config.command();
        if (words.isEmpty()) {
            return Finding.fault(NAME, "ext-plugin.cmd is " + value + " and no list of words", "cmd: [\"" + script + "\", \"run\"]");
        }
        Path program = Path.of(words.get(0));
        if (program.isAbsolute() && !Files.isExecutable(program)) {
            return Finding.fault(NAME, "ext-plugin.cmd: " + program + (Files.exists(program) ? " can't be executed" : " isn't there")
                    + "; APISIX tries it again every 3 s and answers 503 meanwhile", "cmd: [\"" + script + "\", \"run\"]");
        }
        if (!program.isAbsolute()) {
            return Finding.warning(NAME, "ext-plugin.cmd: " + program + " is looked for in APISIX's PATH or home", "name it in full: " + script);
        }
        if (words.stream().anyMatch(word -> word.startsWith("--address"))) {
            return Finding.warning(NAME, "ext-plugin.cmd has --address, which wins over the address that APISIX tells the runner and connects to",
                    "leave --address out of cmd");
        }
        return Finding.ok(NAME, "APISIX starts the runner itself: " + String.join(" ", words));
    }

    private Finding path(ApisixConfig config, String path, boolean managed) {
        if (path.startsWith("unix:")) {
            return Finding.fault(NAME, "ext-plugin.path_for_test: \"" + path + "\": APISIX puts unix: in front of it itself", "path_for_test: " + path.substring("unix:".length()));
        }
        if (!path.startsWith("/")) {
            return Finding.warning(NAME, "ext-plugin.path_for_test: \"" + path + "\" is relative to where APISIX was started", "write it in full");
        }
        if (managed) {
            return Finding.note(NAME, "both ext-plugin.cmd and path_for_test are set: APISIX starts the runner and has it listen at " + path
                    + "; start no other one there");
        }
        if (socket == null) {
            return Finding.ok(NAME, "APISIX connects to " + path + "; start the runner with --address unix:" + path);
        }
        if (!Path.of(path).normalize().equals(socket)) {
            return Finding.fault(NAME, "APISIX connects to " + path + " (ext-plugin.path_for_test), the runner listens at " + socket,
                    "make them the same: --address unix:" + path);
        }
        return Finding.ok(NAME, "APISIX connects to the runner's address (ext-plugin.path_for_test)");
    }
}
