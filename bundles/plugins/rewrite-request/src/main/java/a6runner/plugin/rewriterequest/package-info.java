// SPDX-License-Identifier: Apache-2.0
/** The plugin {@code RewriteRequestDemoFilter}: see {@link a6runner.plugin.rewriterequest.RewriteRequestDemoFilter}. */
package a6runner.plugin.rewriterequest;
