// SPDX-License-Identifier: Apache-2.0
/**
 * The Unix socket and its event loops, on Netty: epoll where there is a native library, else the JDK's own channels.
 *
 * <p>Starting points: {@link a6runner.protocol.socket.UnixSocketServer}, the component; {@link a6runner.protocol.socket.ConnectionInitializer}, the way of
 * the bytes of a connection.
 */
package a6runner.protocol.socket;
