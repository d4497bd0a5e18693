// SPDX-License-Identifier: Apache-2.0
/**
 * The confs that APISIX has sent: {@link a6runner.runner.conf.ConfTable} finds one by its token, {@link a6runner.runner.conf.TokenSource} makes tokens that
 * no two processes share, {@link a6runner.runner.conf.ConfWatchers} tells plugins of new ones. A conf holds names and values, never a plugin's objects. Those
 * are kept beside it, with the chain, and swept when a plugin goes.
 */
package a6runner.runner.conf;
