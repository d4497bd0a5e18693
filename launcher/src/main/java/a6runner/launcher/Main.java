// SPDX-License-Identifier: Apache-2.0
package a6runner.launcher;

import a6runner.launcher.doctor.OpenFolders;
import a6runner.launcher.log.LogSetup;
import a6runner.spi.Setting;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.osgi.framework.BundleException;
import org.slf4j.LoggerFactory;

/** The program: {@code bin/a6runner} calls {@link #main}. */
public final class Main {

    /** Core bundles that aren't up by then never will be. */
    private static final Duration START_LIMIT = Duration.ofSeconds(30);

    /** A folder that takes longer than this to settle is one to look into. */
    private static final Duration SHELL_PATIENCE = Duration.ofMillis(500);

    private static final String LISTENING = " listening on ";

    private Main() {
    }

    /**
     * Does what the command line says. For {@code run}, which is what is done when nothing is said, these are the steps:
     *
     * <ol>
     * <li>The command line is taken apart ({@link CommandLine}).
     * <li>The distribution's folder is found: its {@code lib} holds the jar that this class comes from ({@link Distribution}).
     * <li>Settings are put together: command line, environment, APISIX's variables, {@code conf/a6runner.properties}, defaults
     * ({@link ResolvedSettings}).
     * <li>Address, named users and deploy folder are checked, the data folder is chosen ({@link ListenAddress}, {@link Folders}). Up to here,
     * whatever is wrong ends the program with one line and exit code 2; so does what anybody may write to ({@link Surroundings}).
     * <li>Logging is set up ({@link LogSetup}). What takes long is begun beside all this, and all that follows ({@link Preload}).
     * <li>What dead processes left in the data folder is swept, and a cache is made for this one ({@link FrameworkCache}).
     * <li>The framework is made, with all settings as its properties, and with the core's classes on our own class path ({@link Core#create},
     * {@link ConnectedBundles}).
     * <li>A shutdown hook is set ({@link Stop}), SIGTERM and SIGINT are waited for ({@link Signals}), and in managed mode there is a watch over those who
     * started us ({@link ManagedParent}): all of them ask to leave ({@link Leave}).
     * <li>The bundles are installed in the order of {@link Distribution#bundles()}, and started ({@link Core#start}). From here on,
     * services find each other; the protocol's opens the socket when there is a service to bring calls to.
     * <li>When the socket is open, or taken over from another runner, the start line is printed. When it isn't in 30 s, or never will be, the program ends
     * with the reason and exit code 1.
     * <li>When the deploy folder has settled too, or that takes long, the shell is started ({@link Core#startShell}): nobody waits for it.
     * <li>The main thread waits for the framework's end.
     * </ol>
     *
     * <p>Stopping, whatever the cause, is the shutdown hook's work ({@link Stop}): the protocol's bundle ends the calls it has taken, the
     * framework stops, the cache is removed; all within {@code stop.timeout} and five seconds.
     */
    public static void main(String[] args) {
        int code;
        try {
            code = execute(CommandLine.parse(args), System.getenv(), Path.of("").toAbsolutePath());
        } catch (Refusal e) {
            System.err.println("a6runner: " + e.getMessage());
            code = e.exitCode();
        } catch (Exception e) {
            System.err.println("a6runner: " + Core.oneLine(e));
            code = Refusal.FAILED;
        }
        LogSetup.flush();
        System.exit(code);
    }

    private static int execute(CommandLine line, Map<String, String> environment, Path cwd) throws Exception {
        switch (line.command()) {
            case HELP:
                System.out.print(HelpText.help(Distribution.running()));
                return 0;
            case VERSION:
                System.out.println(HelpText.version());
                return 0;
            case CALL:
                Distribution distribution = Distribution.running();
                return line.ownRunner() ? CallWithRunner.run(distribution, line, environment) : Testkit.call(distribution, line.rest(), environment);
            case DEV:
                return DevWithRunner.run(Distribution.running(), line);
            case SHELL:
                return ShellClient.run(Distribution.running(), line, environment, cwd);
            case HEALTH:
                return HealthClient.run(Distribution.running(), line, environment, cwd);
            case DOCTOR:
                return DoctorCommand.run(Distribution.running(), line, environment, cwd);
            case PREPARE:
                return prepare(line, environment, cwd);
            default:
                return run(line, environment, cwd);
        }
    }

    private static int prepare(CommandLine line, Map<String, String> environment, Path cwd) throws IOException, InterruptedException {
        Distribution distribution = Distribution.running();
        ResolvedSettings settings = ResolvedSettings.resolve(line, environment, distribution, cwd);
        Path deploy = Folders.deploy(settings, distribution);
        return Prepare.run(distribution, Folders.data(settings, distribution, deploy, Path.of(System.getProperty("java.io.tmpdir"))), environment);
    }

    private static int run(CommandLine line, Map<String, String> environment, Path cwd) throws BundleException, InterruptedException {
        Preload.framework();
        Distribution distribution = Distribution.running();
        boolean managed = ManagedParent.isThere();
        ResolvedSettings said = ResolvedSettings.resolve(line, environment, distribution, cwd);
        String address = ListenAddress.check(said, cwd);
        Surroundings.checkUsers(said);
        Path deploy = Folders.deploy(said, distribution);
        Path data = Folders.data(said, distribution, deploy, Path.of(System.getProperty("java.io.tmpdir")));
        ResolvedSettings settings = said.with(Setting.LISTEN_ADDRESS, address)
                .with(Setting.DEPLOY_DIR, deploy.toString())
                .with(Setting.DATA_DIR, data.toString())
                .with(Setting.SHELL_ADDRESS, ShellAddress.of(said, address, data, cwd));

        LogSetup.by(LogSettings.plan(said, distribution, managed));
        Surroundings.check(surroundings(line, distribution, settings, deploy, data, cwd), settings);
        Preload.socket(); // not before: what is logged while logging is being made ready gets remarks of SLF4J's own
        FrameworkCache cache = FrameworkCache.create(data);
        Core core = Core.create(settings.frameworkProperties(), cache.folder(), ConnectedBundles.of(distribution));
        Stop stop = Stop.atShutdown(core, cache, Duration.ofMillis(settings.millis(Setting.STOP_TIMEOUT)));
        if (stop.hasBegun()) {
            return 0;
        }
        Leave leave = new Leave(core, stop);
        Signals.handle(leave::signal);
        ManagedParent.watch(leave::stdinEnded, leave::parentGone);
        try {
            core.start(distribution.bundles());
            String transport = core.awaitSocket(START_LIMIT).map(name -> " (" + name + ")").orElse("");
            stop.announce();
            leave.whenTakenOver();
            LogSetup.say("a6runner " + Distribution.version() + " (" + HelpText.java() + ")" + LISTENING + address + transport
                    + ", deploy folder " + deploy + ", pid " + ProcessHandle.current().pid() + Surroundings.shutOut(settings, managed));
        } catch (RuntimeException e) {
            if (stop.hasBegun()) {
                return 0; // a framework that is told to stop while it starts complains of that
            }
            throw e;
        }
        ClassArchive.complaint(distribution, environment).ifPresent(LoggerFactory.getLogger(ClassArchive.class)::warn);
        startShell(core, distribution, stop);
        core.awaitStop();
        return 0;
    }

    /** Calls are served without it: whatever is wrong with it is told, and nothing else. */
    private static void startShell(Core core, Distribution distribution, Stop stop) throws InterruptedException {
        try {
            core.startShell(distribution.shellBundles(), SHELL_PATIENCE);
        } catch (RuntimeException e) {
            if (!stop.hasBegun()) {
                LoggerFactory.getLogger(Main.class).error("there is no shell: {}", e.getMessage());
            }
        }
    }

    private static OpenFolders surroundings(CommandLine line, Distribution distribution, ResolvedSettings settings, Path deploy, Path data, Path cwd) {
        Path config = line.config() == null ? distribution.settingsFile() : cwd.resolve(line.config());
        OpenFolders folders = Surroundings.folders(distribution, config, deploy, data).place(Surroundings.folderOf(settings.text(Setting.LISTEN_ADDRESS)));
        String shell = settings.text(Setting.SHELL_ADDRESS);
        return shell.equals(ShellAddress.OFF) || Surroundings.folderOf(shell).equals(data) ? folders : folders.place(Surroundings.folderOf(shell));
    }

    static boolean isStartLine(String line) {
        return line.startsWith("a6runner ") && line.contains(LISTENING);
    }
}
