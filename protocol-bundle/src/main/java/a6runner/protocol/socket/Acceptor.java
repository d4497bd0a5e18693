// SPDX-License-Identifier: Apache-2.0
package a6runner.protocol.socket;

import a6runner.protocol.call.ConnectionLoop;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives each accepted connection to a loop. On the accepting loop, which runs nothing else, so that a stuck plugin never stops it. */
final class Acceptor extends ChannelInboundHandlerAdapter {

    private static final Logger LOG = LoggerFactory.getLogger(Acceptor.class);
    private static final long RETRY_MILLIS = 1_000;

    private final LoopGroup loops;
    private final ConnectionInitializer initializer;
    private boolean failing; // since the last connection that was accepted

    Acceptor(LoopGroup loops, ConnectionInitializer initializer) {
        this.loops = loops;
        this.initializer = initializer;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        serve((Channel) message);
        if (failing) {
            failing = false;
            LOG.warn("connections are accepted again");
        }
    }

    /** Gives a loop a connection that isn't registered yet. Any thread. */
    void serve(Channel connection) {
        ConnectionLoop loop = loops.next();
        initializer.initialize(connection, loop);
        loop.register(connection).addListener(registered -> {
            if (!registered.isSuccess()) {
                connection.unsafe().closeForcibly();
            }
        });
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (!failing) {
            failing = true;
            LOG.error("connections can't be accepted: {}; they wait, and are tried again every second (raise the limit of open files if that is the"
                    + " cause: one for each connection, and some hundred)", cause.getMessage());
        }
        // Going on at once would spin: the connection that can't be accepted is still there.
        ctx.channel().config().setAutoRead(false);
        ctx.executor().schedule(() -> ctx.channel().config().setAutoRead(true), RETRY_MILLIS, TimeUnit.MILLISECONDS);
    }
}
