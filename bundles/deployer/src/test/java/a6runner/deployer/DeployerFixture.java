// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer;

import a6runner.spi.CommandFailure;
import a6runner.spi.PluginLifecycle;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.ServiceReference;
import org.slf4j.LoggerFactory;

import static java.nio.charset.StandardCharsets.UTF_8;

/** A deploy folder and a real framework with a deployer in it; the runner's side is a recording. */
@Timeout(120)
abstract class DeployerFixture {

    @TempDir
    Path dir;
    Path deploy;
    TestFramework framework;
    final RecordingLifecycle lifecycle = new RecordingLifecycle();
    final Lines seen = lifecycle.lines;
    final Lines log = new Lines();
    private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            if (event.getLevel().isGreaterOrEqual(Level.INFO)) {
                log.add(event.getLevel() + " " + event.getFormattedMessage());
            }
        }
    };
    DeployerComponent deployer;
    EarlyScan early; // if null, one is made with the next deployer

    /** The settings in force, as framework properties. */
    Map<String, String> settings() {
        return Map.of("a6runner.deploy.dir", deploy.toString(), "a6runner.data.dir", dir.resolve("data").toString(), "a6runner.deploy.scan", "200ms");
    }

    @BeforeEach
    void start() throws Exception {
        Logger logger = (Logger) LoggerFactory.getLogger("a6runner.deployer");
        logger.setAdditive(false);
        appender.setContext(logger.getLoggerContext());
        appender.start();
        logger.addAppender(appender);
        deploy = Files.createDirectories(dir.resolve("deploy"));
        framework = new TestFramework(dir, settings());
    }

    @AfterEach
    void stop() throws Exception {
        if (deployer != null) {
            deployer.close();
        }
        framework.stop();
        ((Logger) LoggerFactory.getLogger("a6runner.deployer")).detachAppender(appender);
    }

    final void deployer(PluginLifecycle to) throws IOException {
        EarlyScan scan = early == null ? new EarlyScan(framework.context()) : early;
        early = null;
        deployer = new DeployerComponent(framework.context(), to, scan);
    }

    final void deployer() throws IOException {
        deployer(lifecycle);
        seen.await("settled");
    }

    final void write(String name, PluginJar jar) throws IOException {
        Files.write(deploy.resolve(name), jar.bytes());
    }

    final void renameIn(String name, PluginJar jar) throws IOException {
        Path part = Files.write(dir.resolve(name + ".part"), jar.bytes());
        Files.move(part, deploy.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    }

    /** Once this has come into service, everything that was in the folder before it has been dealt with. */
    final void marker(String name) throws IOException {
        renameIn(name + ".jar", PluginJar.hello("1").header("Bundle-SymbolicName", "test." + name));
        seen.await("switch [" + name + " 1.0.0] for []");
    }

    final void config(String name, String text) throws IOException {
        Path part = Files.write(dir.resolve(name + ".part"), text.getBytes(UTF_8));
        Files.move(part, deploy.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    }

    /** What a command of ours prints as text, or its user reads where it fails; found and called as Gogo does. */
    final String command(String function, String... arguments) throws Exception {
        ServiceReference<?> reference = framework.context().getAllServiceReferences(null, "(&(osgi.command.scope=a6)(osgi.command.function=" + function + "))")[0];
        Object command = framework.context().getService(reference);
        Method method = Arrays.stream(command.getClass().getMethods()).filter(one -> one.getName().equals(function) && (one.isVarArgs() || one.getParameterCount() == arguments.length))
                .findFirst().orElseThrow();
        try {
            return (String) (method.isVarArgs() ? method.invoke(command, (Object) arguments) : method.invoke(command, (Object[]) arguments));
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof CommandFailure failure) {
                return failure.getMessage();
            }
            throw e;
        }
    }

    /** The audit log, once it has this in it. */
    final String awaitAudited(String part) throws IOException {
        Path file = dir.resolve("data/audit.log");
        long deadline = System.nanoTime() + 20_000_000_000L;
        String text = "";
        while (!text.contains(part)) {
            text = Files.exists(file) ? Files.readString(file) : "";
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("no " + part + " in " + text);
            }
            Thread.onSpinWait();
        }
        return text;
    }

    /** Waits until the status file of a file says this. */
    final String awaitStatus(String file, String... parts) throws Exception {
        Path path = deploy.resolve(file + ".status");
        long deadline = System.nanoTime() + 20_000_000_000L;
        String text = "";
        while (System.nanoTime() - deadline < 0) {
            text = Files.exists(path) ? Files.readString(path) : "";
            if (Arrays.stream(parts).allMatch(text::contains)) {
                return text;
            }
            Thread.onSpinWait();
        }
        throw new AssertionError(file + " doesn't come to " + Arrays.toString(parts) + " but to: " + text + "\n" + log.now());
    }
}
