// SPDX-License-Identifier: Apache-2.0
package a6runner.launcher.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The deploy folder, and what became of each file in it by the status file that the runner writes beside it.
 *
 * @param folder it is there and can be read
 */
public record DeployCheck(Path folder) implements Check {

    private static final String NAME = "deploy";
    private static final String STATUS = ".status";
    private static final String OPEN = "it is writable for all"; // as the runner says it of a file
    private static final int OTHERS_WRITE = 02;

    @Override
    public List<Finding> look() {
        List<Finding> findings = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> jars = files.filter(file -> file.toString().endsWith(".jar")).sorted().toList();
            findings.add(folder(jars.size()));
            for (Path jar : jars) {
                Finding file = file(jar);
                findings.add(file);
                if (isOpen(jar) && !file.what().contains(OPEN)) { // else the runner has said so
                    findings.add(Finding.fault(NAME, jar.getFileName() + ": " + OPEN + ", so anybody may put another plugin in its place, and so run code in the runner, which refuses it unless folders.open says otherwise",
                            "chmod o-w " + jar + ", or set folders.open = warn"));
                }
            }
        } catch (IOException e) {
            findings.add(Finding.fault(NAME, "the deploy folder " + folder + " can't be listed: " + e, "let the runner's user read it"));
        }
        return findings;
    }

    private Finding folder(int jars) {
        if (jars == 0) {
            return Finding.warning(NAME, "there is no jar in " + folder + ": calls whose confs name a plugin are refused", "drop your plugins into it, or set deploy.dir");
        }
        return Finding.ok(NAME, jars + (jars == 1 ? " jar" : " jars") + " in " + folder + ", each with what the runner that had the folder last wrote beside it");
    }

    private Finding file(Path jar) {
        String name = jar.getFileName().toString();
        if (!Files.isReadable(jar)) {
            return Finding.fault(NAME, name + " can't be read by this user", "let the runner's user read it");
        }
        Path beside = folder.resolve(name + STATUS);
        if (Files.exists(beside) && !Files.isRegularFile(beside)) {
            return Finding.warning(NAME, name + ": what the runner says of it can't be written: " + beside + " is " + (Files.isDirectory(beside) ? "a folder" : "no file"),
                    "take that away; until then a6runner shell why " + name + " tells");
        }
        Map<String, String> status = status(beside);
        String state = status.getOrDefault("state", "");
        String why = status.getOrDefault("why", "");
        String since = status.containsKey("since") ? " since " + status.get("since") : "";
        String plugins = status.getOrDefault("plugins", "");
        String serving = status.getOrDefault("serving", "");
        return switch (state) {
            case "" -> Finding.note(NAME, name + ": no runner has said anything of it (no " + name + STATUS + " beside it)");
            case "ACTIVE" -> Finding.ok(NAME, name + ": ACTIVE" + since + (plugins.isEmpty() ? ", no plugin" : ", plugins: " + plugins) + (why.isEmpty() ? "" : "; " + why));
            case "PINNED" -> Finding.ok(NAME, name + ": PINNED" + since + " by " + why + (serving.isEmpty() ? "" : "; all others get " + serving));
            case "FAILED" -> Finding.fault(NAME, name + ": FAILED" + since + ": " + why + (serving.isEmpty() ? "" : "; in its place serves " + serving),
                    why.startsWith("it is ") ? "" : "mend the jar and drop it again; docs/write-a-plugin.md has the common mistakes"); // a folder, a link: no jar to mend
            case "SHADOWED" -> Finding.warning(NAME, name + ": SHADOWED" + since + ": " + why, "take one of the two away");
            case "WAITING" -> Finding.warning(NAME, name + ": WAITING" + since + ": " + why, "");
            default -> Finding.note(NAME, name + ": " + state + since + (why.isEmpty() ? "" : ": " + why));
        };
    }

    private static boolean isOpen(Path jar) {
        try {
            return ((int) Files.getAttribute(jar, "unix:mode") & OTHERS_WRITE) != 0;
        } catch (IOException | UnsupportedOperationException e) {
            return false; // a link that leads nowhere, which its status says
        }
    }

    private static Map<String, String> status(Path file) {
        Map<String, String> status = new HashMap<>();
        try {
            for (String line : Files.readAllLines(file)) {
                int colon = line.indexOf(": ");
                if (colon > 0) {
                    status.put(line.substring(0, colon), line.substring(colon + 2));
                }
            }
        } catch (IOException e) {
            return Map.of(); // then nothing is known of it
        }
        return status;
    }
}
