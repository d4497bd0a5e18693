// SPDX-License-Identifier: Apache-2.0
/** The plugin that {@code upgrades} replaces under load; a bundle of its own, of which that command makes the versions. */
package a6runner.benchmarks.upgrades;
