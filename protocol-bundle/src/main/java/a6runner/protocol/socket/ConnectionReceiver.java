// SPDX-License-Identifier: Apache-2.0
package a6runner.protocol.socket;

import a6runner.protocol.takeover.SideFiles;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.DomainSocketReadMode;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.PeerCredentials;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes connections that the predecessor gives ({@link ConnectionSender}), on a socket that is there for that alone. epoll only. Owned by the takeover;
 * works on the accepting loop.
 */
final class ConnectionReceiver {

    private static final Logger LOG = LoggerFactory.getLogger(ConnectionReceiver.class);

    private static final long LATE_SECONDS = 30;

    private final Path path;
    private final int user;
    private final Consumer<Channel> onConnection;
    private final EventLoopGroup loop;
    private final EpollServerDomainSocketChannel server = new EpollServerDomainSocketChannel();
    private int received; // the loop's own

    /** Opens it beside an address; {@code onConnection} is given each connection, not yet registered. */
    ConnectionReceiver(Path address, EventLoopGroup loop, Consumer<Channel> onConnection) throws IOException {
        this.loop = loop;
        this.onConnection = onConnection;
        path = SideFiles.temporary(address);
        user = (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        server.pipeline().addLast(new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext ctx, Object message) {
                accept((EpollDomainSocketChannel) message);
            }
        });
        UnixSocketServer.await(loop.register(server).awaitUninterruptibly());
        UnixSocketServer.await(server.bind(new DomainSocketAddress(path.toFile())).awaitUninterruptibly());
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
    }

    /** Where it is. */
    Path path() {
        return path;
    }

    private void accept(EpollDomainSocketChannel sender) {
        try {
            PeerCredentials peer = sender.peerCredentials();
            if (peer.uid() != user) {
                throw new IOException("it comes from user id " + peer.uid());
            }
            sender.config().setReadMode(DomainSocketReadMode.FILE_DESCRIPTORS);
            sender.pipeline().addLast(new ChannelInboundHandlerAdapter() {
                @Override
                public void channelRead(ChannelHandlerContext ctx, Object message) {
                    received++;
                    onConnection.accept(new EpollDomainSocketChannel(((FileDescriptor) message).intValue()));
                }

                @Override
                public void channelInactive(ChannelHandlerContext ctx) {
                    LOG.debug("{} connections were taken over", received);
                }

                @Override
                public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
                    LOG.error("a connection that the predecessor gave can't be served", cause);
                }
            });
            loop.register(sender);
        } catch (IOException e) {
            LOG.warn("a connection to {} was refused: {}", path, e.getMessage());
            sender.unsafe().closeForcibly();
        }
    }

    /**
     * Removes the file, and stops accepting senders soon. Not at once: the predecessor may be gone before the sender it has connected was accepted, and with a
     * connection that was never accepted all that it has sent would be closed.
     */
    void close() {
        try {
            Files.deleteIfExists(path);
            loop.schedule(() -> server.close(), LATE_SECONDS, TimeUnit.SECONDS);
        } catch (IOException e) {
            LOG.debug("{} could not be removed", path, e);
        } catch (RejectedExecutionException e) {
            LOG.debug("the runner stops, and this with it", e);
        }
    }
}
