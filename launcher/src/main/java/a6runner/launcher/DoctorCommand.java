// SPDX-License-Identifier: Apache-2.0
package a6runner.launcher;

import a6runner.launcher.doctor.ApisixCheck;
import a6runner.launcher.doctor.Check;
import a6runner.launcher.doctor.DeployCheck;
import a6runner.launcher.doctor.Finding;
import a6runner.launcher.doctor.JavaCheck;
import a6runner.launcher.doctor.ListenerCheck;
import a6runner.launcher.doctor.PeersRule;
import a6runner.launcher.doctor.PluginListRule;
import a6runner.launcher.doctor.Report;
import a6runner.launcher.doctor.RunnerSectionRule;
import a6runner.launcher.doctor.SocketCheck;
import a6runner.launcher.doctor.UsersCheck;
import a6runner.launcher.doctor.VariablesRule;
import a6runner.launcher.doctor.WayRule;
import a6runner.launcher.doctor.WorkersRule;
import a6runner.spi.Setting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code a6runner doctor}: gathers what a runner that is started so would work with, and has each check look at its part. Changes nothing. */
final class DoctorCommand {

    private final Distribution distribution;
    private final CommandLine line;
    private final Map<String, String> environment;
    private final Path cwd;
    private final Report report = new Report();

    private DoctorCommand(Distribution distribution, CommandLine line, Map<String, String> environment, Path cwd) {
        this.distribution = distribution;
        this.line = line;
        this.environment = environment;
        this.cwd = cwd;
    }

    /** Looks, prints what was found, and gives the exit code: 0 nothing is wrong, 1 something is. */
    static int run(Distribution distribution, CommandLine line, Map<String, String> environment, Path cwd) {
        Report report = new DoctorCommand(distribution, line, environment, cwd).look();
        System.out.print(line.rest().contains(CommandLine.JSON) ? report.json() : report.text());
        return report.exitCode();
    }

    private Report look() {
        report.add("java", new JavaCheck(environment));
        report.add("archive", () -> List.of(archive()));
        List<String> wrong = new ArrayList<>();
        ResolvedSettings settings = ResolvedSettings.resolve(line, environment, distribution, cwd, refusal -> wrong.add(refusal.getMessage()));
        report.add("settings", () -> settings(wrong));
        report.add("socket", new UsersCheck(settings.text(Setting.SOCKET_OWNER), settings.text(Setting.SOCKET_GROUP), settings.text(Setting.SOCKET_USERS)));
        Path socket = address(settings);
        if (socket != null && Files.isDirectory(socket.getParent())) {
            report.add("socket", new SocketCheck(socket, settings.text(Setting.SOCKET_MODE)));
            report.add("listener", new ListenerCheck(socket));
        }
        deploy(settings);
        report.add("data", () -> List.of(data(settings)));
        report.add("log", () -> List.of(log(settings)));
        line.rest().stream().filter(word -> word.startsWith(CommandLine.APISIX)).forEach(word -> {
            Path config = cwd.resolve(word.substring(CommandLine.APISIX.length())).normalize();
            String user = System.getProperty("user.name", "?");
            report.add("apisix", new ApisixCheck(config, List.of(new RunnerSectionRule(distribution.script(), socket), new PluginListRule(),
                    new VariablesRule(environment), new WorkersRule(settings.text(Setting.SOCKET_MODE), settings.text(Setting.SOCKET_OWNER), user),
                    new PeersRule(settings.text(Setting.SOCKET_USERS)), new WayRule(socket))));
        });
        return report;
    }

    private Finding archive() {
        Optional<ClassArchive> archive = ClassArchive.find(distribution, environment);
        if (archive.isEmpty()) {
            return Finding.note("archive", "the start isn't prepared for this Java; a6runner prepare, run once, makes it about four tenths shorter");
        }
        Path file = archive.get().file();
        try {
            return archive.get().misfit(distribution).map(why -> Finding.warning("archive", file + " " + why + ", and is left out", "a6runner prepare"))
                    .orElseGet(() -> Finding.ok("archive", "the start is prepared by " + file));
        } catch (IOException e) {
            return Finding.warning("archive", file + " or what says what it was made for can't be read: " + e, "a6runner prepare");
        }
    }

    private List<Finding> settings(List<String> wrong) {
        String file = line.config() == null ? distribution.settingsFile().toString() : cwd.resolve(line.config()).toString();
        if (wrong.isEmpty()) {
            return List.of(Finding.ok("settings", "all keys and values are right: command line, environment, " + file + (Files.exists(Path.of(file)) ? "" : " (not there)")));
        }
        return wrong.stream().map(sentence -> Finding.fault("settings", sentence, "mend that; the runner doesn't start with it")).toList();
    }

    /** The address's path, so that what depends on it can be looked at; null if there is none, which is reported. */
    private Path address(ResolvedSettings settings) {
        if (settings.text(Setting.LISTEN_ADDRESS).isEmpty()) {
            report.add("address", () -> List.of(Finding.note("address", "no address is set: right for a runner that APISIX starts, which tells it;"
                    + " --address unix:/path has this look at one")));
            return null;
        }
        List<Finding> found = new ArrayList<>();
        Path socket = null;
        try {
            socket = Path.of(ListenAddress.full(settings, Setting.LISTEN_ADDRESS, cwd).substring(ListenAddress.SCHEME.length()));
            ListenAddress.check(settings, cwd);
            found.add(Finding.ok("address", "a runner may listen at " + socket + " (" + settings.where(Setting.LISTEN_ADDRESS).orElse("default") + ")"));
        } catch (Refusal e) {
            found.add(Finding.fault("address", e.getMessage(), socket == null ? "choose another path" : "make the folder, or choose another path"));
        }
        report.add("address", () -> found);
        return socket;
    }

    private void deploy(ResolvedSettings settings) {
        try {
            Path deploy = Folders.deploy(settings, distribution);
            report.add("deploy", new DeployCheck(deploy));
            Path data = settings.text(Setting.DATA_DIR).isEmpty() ? distribution.data() : Folders.resolve(settings, Setting.DATA_DIR, distribution);
            report.add("folders", Surroundings.folders(distribution, line.config() == null ? distribution.settingsFile() : cwd.resolve(line.config()), deploy, data));
        } catch (Refusal e) {
            report.add("deploy", () -> List.of(Finding.fault("deploy", e.getMessage(), "make it, or name another one by --deploy or deploy.dir")));
        }
    }

    /** Not by {@link Folders#data}, which would make it. */
    private Finding data(ResolvedSettings settings) {
        if (settings.text(Setting.DATA_DIR).isEmpty()) {
            Path own = distribution.data();
            boolean writable = Files.isDirectory(own) ? Files.isWritable(own) : Files.isWritable(distribution.home());
            return writable ? Finding.ok("data", "the data folder is " + own)
                    : Finding.note("data", own + " can't be written by this user, so the data folder is one in " + System.getProperty("java.io.tmpdir") + "; data.dir names another one");
        }
        Path said = Folders.resolve(settings, Setting.DATA_DIR, distribution);
        boolean writable = Files.isDirectory(said) ? Files.isWritable(said) : said.getParent() != null && Files.isWritable(said.getParent()) && !Files.exists(said);
        return writable ? Finding.ok("data", "the data folder is " + said)
                : Finding.fault("data", settings.where(Setting.DATA_DIR).orElse("") + ": the data folder " + said + " can't be made or written by this user",
                        "make it the runner's user's, or name another one by data.dir");
    }

    private Finding log(ResolvedSettings settings) {
        try {
            LogSettings.plan(settings, distribution, false);
            String file = settings.text(Setting.LOG_FILE);
            return Finding.ok("log", file.isEmpty() ? "to stdout, no file" : "to " + Folders.resolve(settings, Setting.LOG_FILE, distribution));
        } catch (Refusal e) {
            return Finding.fault("log", e.getMessage(), "make it the runner's user's, or name another one by log.file");
        }
    }
}
