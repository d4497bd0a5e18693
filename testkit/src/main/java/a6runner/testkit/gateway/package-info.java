// SPDX-License-Identifier: Apache-2.0
/**
 * An embedded stand-in for APISIX 3.18, for trying plugins out and for tests: HTTP in, ext-plugin frames to a runner, HTTP to the upstream and back, by the
 * rules of APISIX.md. The way of a request: {@link a6runner.testkit.gateway.Gateway} reads it and finds its route, {@code RequestPhase} has the runner called
 * for {@code ext-plugin-pre-req} and {@code -post-req} and makes the changes, {@code UpstreamClient} calls the upstream, {@code ResponsePhase} does the rest
 * for {@code ext-plugin-post-resp}; {@code RunnerClient} keeps connections and tokens.
 *
 * <p>Threads: one for each connection of a client; everything about one request happens on it, and blocks it.
 */
package a6runner.testkit.gateway;
