// SPDX-License-Identifier: Apache-2.0
/** Plugins that are replaced while calls flow, and a runner that is killed meanwhile. How long that takes is measured by {@code benchmarks/upgrades}. */
package a6runner.itests.upgrades;
