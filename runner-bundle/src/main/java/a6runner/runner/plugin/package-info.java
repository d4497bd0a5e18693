// SPDX-License-Identifier: Apache-2.0
/**
 * The plugins that are there: {@link a6runner.runner.plugin.PluginRegistry} sees their services come and go and publishes an immutable
 * {@link a6runner.runner.plugin.PluginSnapshot}; a {@link a6runner.runner.plugin.PluginVersion} is one plugin of one bundle with what the runner keeps for
 * it: parsed confs, worker threads, the place where it runs, the count of its calls in flight.
 */
package a6runner.runner.plugin;
