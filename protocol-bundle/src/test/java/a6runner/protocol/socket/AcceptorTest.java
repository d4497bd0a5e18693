// SPDX-License-Identifier: Apache-2.0
package a6runner.protocol.socket;

import a6runner.protocol.LoggedLines;
import a6runner.protocol.frame.FrameMemory;
import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class AcceptorTest {

    private static final IOException NO_FILE = new IOException("accept(..) failed with error(-24): Too many open files");

    private final LoopGroup loops = new LoopGroup(Transport.NIO, 3, TimeUnit.SECONDS.toNanos(60), TimeUnit.SECONDS.toNanos(30));
    private final EmbeddedChannel server = new EmbeddedChannel(new Acceptor(loops, new ConnectionInitializer(null, new FrameMemory(0), true)));

    @AfterEach
    void stop() {
        loops.stop();
        server.finishAndReleaseAll();
    }

    private Channel accepted() {
        Channel connection = new NioDomainSocketChannel();
        server.pipeline().fireChannelRead(connection);
        return connection;
    }

    @Test
    void spreadsAStormOverTheLoopsAndFillsUpWhereConnectionsGo() {
        List<Channel> connections = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            connections.add(accepted());
        }
        assertThat(loops.connections()).isEqualTo(300);
        assertThat(loops.next().connections()).isEqualTo(100); // the least, so all have as many

        List<Channel> ofOne = connections.stream().filter(each -> each.eventLoop() == connections.get(0).eventLoop()).toList();
        assertThat(ofOne).hasSize(100);
        ofOne.subList(0, 50).forEach(each -> each.close().awaitUninterruptibly());
        assertThat(loops.connections()).isEqualTo(250);
        assertThat(loops.next().connections()).isEqualTo(50);
        for (int i = 0; i < 50; i++) {
            assertThat(accepted().eventLoop()).isSameAs(ofOne.get(0).eventLoop());
        }
        assertThat(loops.next().connections()).isEqualTo(100);
        connections.forEach(each -> each.close().awaitUninterruptibly());
    }

    @Test
    void doesNotSpinWhileConnectionsCannotBeAccepted() {
        ChannelConfig config = server.config();
        try (LoggedLines log = new LoggedLines(Acceptor.class)) {
            for (int i = 0; i < 3; i++) {
                server.pipeline().fireExceptionCaught(NO_FILE);
                assertThat(config.isAutoRead()).isFalse();
                passes(999);
                assertThat(config.isAutoRead()).isFalse();
                passes(1);
                assertThat(config.isAutoRead()).isTrue();
            }
            assertThat(log.lines()).singleElement().asString().startsWith("ERROR connections can't be accepted: accept(..) failed").contains("Too many open files");
            accepted();
            accepted();
            assertThat(log.lines()).hasSize(2).element(1).isEqualTo("WARN connections are accepted again");
            server.pipeline().fireExceptionCaught(NO_FILE);
            assertThat(log.lines()).hasSize(3);
        }
    }

    private void passes(long millis) {
        server.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
        server.runScheduledPendingTasks();
    }
}
