// SPDX-License-Identifier: Apache-2.0
/** The plugin {@code ResponseFilter}: see {@link a6runner.plugin.responsefilter.ResponseFilter}. */
package a6runner.plugin.responsefilter;
