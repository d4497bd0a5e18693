// SPDX-License-Identifier: Apache-2.0
/**
 * Calls to plugins. {@link a6runner.runner.RunnerCallService} is the middle of a call's path on one screen: conf by token, chain for this conf and this
 * moment's plugins, one run along the chain.
 */
package a6runner.runner;
