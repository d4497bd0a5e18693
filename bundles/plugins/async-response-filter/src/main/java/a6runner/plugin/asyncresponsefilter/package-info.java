// SPDX-License-Identifier: Apache-2.0
/** The plugin {@code AsyncResponseFilter}: see {@link a6runner.plugin.asyncresponsefilter.AsyncResponseFilter}. */
package a6runner.plugin.asyncresponsefilter;
