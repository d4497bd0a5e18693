// SPDX-License-Identifier: Apache-2.0
/**
 * {@code a6runner call}: one call to a running runner, from the command line.
 *
 * <p>{@link a6runner.testkit.call.Call} is the door; CallOptions reads the command line, CallHelp explains it, CallRun makes the call, CallText and
 * CallJson print its CallReport.
 */
package a6runner.testkit.call;
