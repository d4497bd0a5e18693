// SPDX-License-Identifier: Apache-2.0
/**
 * The {@code a6:*} commands, one class each: a public method with the command's name, annotated for Gogo, that returns what it has to say. They read the runner
 * through {@link a6runner.spi.RunnerView} and know nothing of sockets and terminals. Commands run on threads of the shell and may block.
 *
 * <p>Commands of other bundles join in by being services with {@code osgi.command.scope=a6}; what their answers are made of is in {@code a6runner.spi}.
 */
package a6runner.shell.command;
