// SPDX-License-Identifier: Apache-2.0
/**
 * A bare Netty socket that answers every call with the same bytes: what {@code compare} holds the runner against. Transport, loops and the way
 * connections come to them are the runner's; of a request it reads the frame's header and the id, and of its answers the length.
 */
package a6runner.benchmarks.canned;
