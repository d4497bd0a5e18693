// SPDX-License-Identifier: Apache-2.0
/**
 * A shell into the running runner: a Unix socket that only the runner's own user may open, Felix Gogo behind it, and the {@code a6:*} commands.
 *
 * <p>Until somebody opens the socket this is one thread that waits; Gogo and JLine are installed but not started, and none of their classes is loaded.
 *
 * <p>Starting points: {@link a6runner.shell.ShellSocket} (who may come in), {@link a6runner.shell.Messages} (what client and server say to each other),
 * {@link a6runner.shell.session.Gogo}, {@link a6runner.shell.command.Commands}.
 */
package a6runner.shell;
