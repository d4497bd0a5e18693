// SPDX-License-Identifier: Apache-2.0
/**
 * {@code a6runner dev}: a runner and the dev gateway in front of it, for trying plugins out with nothing installed. The launcher starts the runner as a process
 * of its own; all else is here: {@link a6runner.testkit.dev.Dev} is what it calls.
 */
package a6runner.testkit.dev;
