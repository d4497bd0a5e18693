// SPDX-License-Identifier: Apache-2.0
package a6runner.benchmarks.canned;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.nio.file.Path;

/** Serves a Unix socket with canned answers until it is killed. One accepting loop, and as many serving ones as it is told. */
public final class CannedServer {

    private static final int BACKLOG = 4096;

    private final EventLoopGroup[] loops;
    private int accepted; // the accepting loop's own

    private CannedServer(int count) {
        loops = new EventLoopGroup[count];
        for (int i = 0; i < count; i++) {
            loops[i] = newLoop("canned-loop-" + i);
        }
    }

    private static EventLoopGroup newLoop(String name) {
        return new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory(name), EpollIoHandler.newFactory());
    }

    private void serve(Path socket, Answers answers) {
        EpollServerDomainSocketChannel server = new EpollServerDomainSocketChannel();
        server.config().setOption(ChannelOption.SO_BACKLOG, BACKLOG);
        server.pipeline().addLast(new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext ctx, Object message) {
                Channel connection = (Channel) message;
                connection.pipeline().addLast(new CannedHandler(answers));
                loops[accepted++ % loops.length].register(connection);
            }
        });
        newLoop("canned-accept").register(server).syncUninterruptibly();
        server.bind(new DomainSocketAddress(socket.toFile())).syncUninterruptibly();
    }

    /**
     * Starts.
     *
     * @param args the socket's path, the number of loops, and the file with the frames of one call ({@code loadgen -W})
     */
    public static void main(String[] args) throws IOException {
        if (args.length != 3) {
            System.err.println("usage: CannedServer SOCKET LOOPS ANSWERS");
            System.exit(2);
        }
        new CannedServer(Integer.parseInt(args[1])).serve(Path.of(args[0]), Answers.read(Path.of(args[2])));
    }
}
