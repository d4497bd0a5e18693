// SPDX-License-Identifier: Apache-2.0
package a6runner.testkit.call;

import a6runner.testkit.text.UsageException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * {@code a6runner call}: makes one call to a runner as APISIX would, and prints what APISIX would do with the reply. {@code --help} says the rest.
 * Blocks until it is done, each wait bounded by {@code --timeout}; no state, any thread.
 */
public final class Call {

    /** The request goes on, or the response phase was answered. */
    public static final int GOES_ON = 0;
    /** The command line is wrong. */
    public static final int WRONG_USAGE = 2;
    /** Nobody listens at the address. */
    public static final int NO_CONNECTION = 3;
    /** A plugin stopped the request. */
    public static final int STOPPED = 10;
    /** The runner answered with an error frame. */
    public static final int REFUSED = 20;
    /** The connection was closed, no reply came in time, or one that APISIX chokes on. */
    public static final int NO_REPLY = 21;

    private Call() {}

    /** Runs the command in this process and exits with its code. */
    public static void main(String[] args) {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        PrintStream err = new PrintStream(System.err, true, StandardCharsets.UTF_8);
        System.exit(run(args, out, err, System.getenv()));
    }

    /**
     * Runs the command.
     *
     * @param args what follows {@code a6runner call}
     * @param out gets the report or the help
     * @param err gets one line if there is no report
     * @return the exit code
     */
    public static int run(String[] args, PrintStream out, PrintStream err, Map<String, String> env) {
        CallOptions options;
        try {
            options = CallOptions.parse(args, env);
        } catch (UsageException e) {
            err.println("a6runner call: " + e.getMessage() + "; see a6runner call --help");
            return WRONG_USAGE;
        }
        if (options.help) {
            out.print(CallHelp.TEXT);
            out.flush();
            return GOES_ON;
        }
        try {
            CallReport report = new CallRun(options).run();
            out.print(options.json ? CallJson.of(report) : CallText.of(report));
            out.flush();
            return report.result().exitCode;
        } catch (IOException e) {
            err.println("a6runner call: can't connect to " + options.address + ": " + e.getMessage());
            return NO_CONNECTION;
        }
    }
}
