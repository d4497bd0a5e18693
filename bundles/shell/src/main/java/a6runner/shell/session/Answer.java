// SPDX-License-Identifier: Apache-2.0
package a6runner.shell.session;

import a6runner.spi.CommandFailure;
import a6runner.spi.CommandResult;
import java.io.PrintStream;
import org.apache.felix.gogo.runtime.CommandNotFoundException;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Converter;

/**
 * What came of a command line.
 *
 * @param exitCode as docs/shell.md says
 * @param text what it returned, as text; null for nothing
 * @param failure why it failed, a line; null if it didn't
 */
record Answer(int exitCode, CharSequence text, String failure) {

    /** Runs a command line to its end. */
    static Answer of(CommandSession session, CharSequence command) {
        try {
            Object result = session.execute(Percentages.quoted(command));
            int code = result instanceof CommandResult known ? known.exitCode() : 0;
            return new Answer(code, result == null ? null : result instanceof CommandResult || result instanceof CharSequence ? result.toString()
                    : session.format(result, Converter.INSPECT), null);
        } catch (CommandFailure e) {
            return new Answer(e.exitCode(), null, e.getMessage());
        } catch (CommandNotFoundException e) {
            return new Answer(CommandFailure.USAGE, null, "no such command: " + e.getCommand() + "; help lists them");
        } catch (InterruptedException e) {
            return new Answer(CommandFailure.FAILED, null, null);
        } catch (IllegalArgumentException e) {
            return new Answer(CommandFailure.USAGE, null, String.valueOf(e.getMessage()));
        } catch (Exception e) {
            return new Answer(CommandFailure.FAILED, null, e.toString());
        }
    }

    /** Prints what there is to print; gives the exit code. */
    int print(PrintStream out, PrintStream err) {
        if (text != null && text.length() > 0) {
            out.println(text);
        }
        if (failure != null) {
            err.println(failure);
        }
        return exitCode;
    }
}
