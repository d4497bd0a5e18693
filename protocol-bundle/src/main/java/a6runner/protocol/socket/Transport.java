// SPDX-License-Identifier: Apache-2.0
package a6runner.protocol.socket;

import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.nio.AbstractNioChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.Socket;
import io.netty.channel.unix.UnixChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.concurrent.ThreadFactory;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How the socket is served: what differs between epoll and the JDK's channels. Any thread; no state. */
enum Transport {
    EPOLL {
        @Override
        IoHandlerFactory ioHandlers() {
            return EpollIoHandler.newFactory();
        }

        @Override
        ServerChannel newServerChannel() {
            return new EpollServerDomainSocketChannel();
        }

        @Override
        SocketAddress address(Path path) {
            return new DomainSocketAddress(path.toFile());
        }

        @Override
        ConnectionReceiver receiver(Path address, EventLoopGroup loop, Consumer<Channel> onConnection) throws IOException {
            return new ConnectionReceiver(address, loop, onConnection);
        }

        @Override
        void shutDown(Channel channel) throws IOException {
            if (((UnixChannel) channel).fd() instanceof Socket socket) {
                socket.shutdown();
            }
        }

        @Override
        long peerPid(Channel channel) {
            try {
                return ((EpollDomainSocketChannel) channel).peerCredentials().pid();
            } catch (IOException e) {
                return -1; // it has just gone
            }
        }
    },
    NIO {
        @Override
        IoHandlerFactory ioHandlers() {
            return NioIoHandler.newFactory();
        }

        @Override
        ServerChannel newServerChannel() {
            return new NioServerDomainSocketChannel();
        }

        @Override
        SocketAddress address(Path path) {
            return UnixDomainSocketAddress.of(path);
        }

        @Override
        void shutDown(Channel channel) throws IOException {
            SocketChannel socket = (SocketChannel) ((AbstractNioChannel) channel).unsafe().ch();
            socket.shutdownInput();
            socket.shutdownOutput();
        }

        @Override
        long peerPid(Channel channel) {
            return -1; // the JDK tells user and group only
        }
    };

    private static final Logger LOG = LoggerFactory.getLogger(Transport.class);

    /**
     * The transport that a setting asks for.
     *
     * @param setting auto, epoll or nio
     * @throws IllegalStateException if epoll is asked for and not available
     */
    static Transport of(String setting) {
        if (setting.equals("nio")) {
            return NIO;
        }
        if (Epoll.isAvailable()) {
            return EPOLL;
        }
        if (setting.equals("epoll")) {
            throw new IllegalStateException("transport = epoll, but epoll is not available here: " + Epoll.unavailabilityCause()
                    + "; set transport to auto or nio");
        }
        LOG.info("epoll is not available here ({}), the JDK's own channels serve the socket", String.valueOf(Epoll.unavailabilityCause()));
        return NIO;
    }

    abstract IoHandlerFactory ioHandlers();

    abstract ServerChannel newServerChannel();

    abstract SocketAddress address(Path path);

    /** Where a predecessor's connections are taken; null if they can't be. */
    ConnectionReceiver receiver(Path address, EventLoopGroup loop, Consumer<Channel> onConnection) throws IOException {
        return null;
    }

    /** Has the peer see the end of a connection whose own event loop is stuck. From a thread that is not the loop's. */
    abstract void shutDown(Channel channel) throws IOException;

    /** The process at the other end; -1 where that can't be told. Any thread. */
    abstract long peerPid(Channel channel);

    /** A group of one event loop. */
    final EventLoopGroup newLoop(String threadName) {
        ThreadFactory threads = new DefaultThreadFactory(threadName, true);
        return new MultiThreadIoEventLoopGroup(1, task -> {
            Thread thread = threads.newThread(task);
            thread.setContextClassLoader(ClassLoader.getPlatformClassLoader()); // not the launcher's, which plugins must not see
            return thread;
        }, ioHandlers());
    }
}
