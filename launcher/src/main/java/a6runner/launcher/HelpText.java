// SPDX-License-Identifier: Apache-2.0
package a6runner.launcher;

import java.io.IOException;
import java.io.InputStream;
import java.util.jar.Manifest;

/** What {@code a6runner help} and {@code a6runner version} print. */
final class HelpText {

    private HelpText() {
    }

    static String help(Distribution distribution) {
        return """
                A6 Runner: runs Java plugins, as OSGi bundles, for Apache APISIX.

                a6runner [run]         serves APISIX on a Unix socket, with the plugins in the deploy folder
                  --address unix:/path the socket; APISIX_LISTEN_ADDRESS where APISIX starts the runner
                  --deploy DIR         the folder that plugin bundles are dropped into
                  --config FILE        the settings, instead of conf/a6runner.properties
                  --set key=value      one setting; may be given several times
                  --managed=yes|no     whether to run as the child of a small parent, as under APISIX; normally found out
                a6runner call ...      makes one call as APISIX would and prints what comes of it; a6runner call --help says more
                  --run                starts a runner for this call and stops it afterwards; takes --deploy, --config, --set too
                  --verbose            with --run: shows that runner's output
                a6runner shell         opens a shell into the runner; with a COMMAND, runs that and ends
                  --address, --data, --config, --deploy, --set   as the runner has them, to say which one if there are several
                a6runner health        one line and an exit code for probes: whether the runner is ready; options as of shell
                  --live               only whether it lives
                  --json               for programs
                a6runner doctor        looks whether all is as a runner needs it, and says what to change; takes --address, --data, --deploy, --config, --set
                  --apisix FILE        looks into APISIX's conf/config.yaml too
                  --json               for programs
                a6runner prepare       makes later starts with this Java about four tenths shorter; once after unpacking, and after a change of Java
                a6runner dev           a runner and a stand-in for APISIX on http://127.0.0.1:9080, to try plugins out; a6runner dev --help says more
                a6runner version       the version, the Java and the build
                a6runner help          this text

                Exit codes: 0 done, 1 something failed, 2 command line, settings or Java are wrong, 143 stopped by SIGTERM.
                            Those of call: a6runner call --help. Of doctor: 1 something is wrong. Of health: 10 it lives, but isn't ready.
                            Of shell and health: 3 there is no runner, 4 it went away, others a command's own.
                Java: A6RUNNER_JAVA_HOME, JAVA_HOME, the PATH, then the usual folders; A6RUNNER_JAVA_OPTS is added to its options.
                Settings: %s
                Plugins:  %s
                """.formatted(distribution.settingsFile(), distribution.home().resolve("deploy").resolve("README.md"));
    }

    static String version() {
        String build = build();
        return "a6runner " + Distribution.version() + " (" + java() + ", " + System.getProperty("java.vendor") + ")" + (build.isEmpty() ? "" : " build " + build);
    }

    static String java() {
        return "Java " + System.getProperty("java.version");
    }

    /** The commit it was built from; empty where that isn't known. */
    private static String build() {
        try (InputStream in = HelpText.class.getResourceAsStream("/META-INF/MANIFEST.MF")) {
            String build = in == null ? null : new Manifest(in).getMainAttributes().getValue("Implementation-Build");
            return build == null || build.startsWith("$") ? "" : build;
        } catch (IOException e) {
            return "";
        }
    }
}
