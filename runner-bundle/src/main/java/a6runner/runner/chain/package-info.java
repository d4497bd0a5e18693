// SPDX-License-Identifier: Apache-2.0
/**
 * A call's way through its plugins. A {@link a6runner.runner.chain.Chain} is the plugins that a conf names, at one snapshot; a {@link a6runner.runner.chain.CallRun}
 * is one call's walk along it: {@link a6runner.runner.chain.RequestRun} in the request phase, {@link a6runner.runner.chain.ResponseRun} in the response phase.
 * What a plugin sees of it is made per step, so that the runner knows which plugin did what, and when it was too late.
 *
 * <p>A run belongs to its connection's event loop. Plugins run there or on worker threads; whatever they say comes back to the loop.
 */
package a6runner.runner.chain;
