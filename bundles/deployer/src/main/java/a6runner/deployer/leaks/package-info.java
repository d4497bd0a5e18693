// SPDX-License-Identifier: Apache-2.0
/**
 * Names what keeps a plugin's version in memory after it was stopped: {@link a6runner.deployer.leaks.LeakWatch} remembers versions and judges them,
 * {@link a6runner.deployer.leaks.Holders} knows where to look, {@link a6runner.deployer.leaks.Search} follows references from there.
 */
package a6runner.deployer.leaks;
