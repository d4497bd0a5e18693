// SPDX-License-Identifier: Apache-2.0
/** The plugin {@code PostReqWithVarsFilter}: see {@link a6runner.plugin.postreqwithvarsfilter.PostReqWithVarsFilter}. */
package a6runner.plugin.postreqwithvarsfilter;
