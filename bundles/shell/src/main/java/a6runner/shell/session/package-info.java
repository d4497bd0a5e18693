// SPDX-License-Identifier: Apache-2.0
/** What a client of the shell gets: Gogo for one command ({@link a6runner.shell.session.OneShot}) or at a terminal ({@link a6runner.shell.session.TerminalSession}). */
package a6runner.shell.session;
