// SPDX-License-Identifier: Apache-2.0
/**
 * How an address passes from one runner process to the next without a lost call: who listens there, the announcement of a successor, and the talk
 * between the two over a private Unix socket beside the address. Knows files, sockets and confs, but no connection of APISIX's.
 *
 * <p>Starting points: {@link a6runner.protocol.takeover.HandOverLink}, one talk, on either end; {@link a6runner.protocol.takeover.ControlSocket}, where the
 * owner of an address is found; {@link a6runner.protocol.takeover.HandOverFormat}, the bytes.
 */
package a6runner.protocol.takeover;
