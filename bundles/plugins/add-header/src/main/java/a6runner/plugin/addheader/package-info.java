// SPDX-License-Identifier: Apache-2.0
/** The plugin {@code add-header}: see {@link a6runner.plugin.addheader.AddHeader}. */
package a6runner.plugin.addheader;
