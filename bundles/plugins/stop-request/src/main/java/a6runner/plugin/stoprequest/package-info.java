// SPDX-License-Identifier: Apache-2.0
/** The plugin {@code StopRequestDemoFilter}: see {@link a6runner.plugin.stoprequest.StopRequestDemoFilter}. */
package a6runner.plugin.stoprequest;
