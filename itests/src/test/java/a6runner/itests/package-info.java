// SPDX-License-Identifier: Apache-2.0
/**
 * Tests of the whole: the core's bundles in a real framework ({@link a6runner.itests.Container}) and the distribution as a process ({@link
 * a6runner.itests.Distribution}, {@link a6runner.itests.RunnerProcess}), both asked over the socket by the testkit's client. Plugins of a test's own are
 * static nested classes, packed by {@link a6runner.itests.TestBundle}.
 */
package a6runner.itests;
