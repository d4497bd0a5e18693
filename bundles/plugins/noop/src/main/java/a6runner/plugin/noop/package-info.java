// SPDX-License-Identifier: Apache-2.0
/** The plugin {@code noop}: see {@link a6runner.plugin.noop.Noop}. */
package a6runner.plugin.noop;
