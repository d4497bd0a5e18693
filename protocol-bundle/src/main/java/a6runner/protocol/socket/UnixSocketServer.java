// SPDX-License-Identifier: Apache-2.0
package a6runner.protocol.socket;

import a6runner.protocol.frame.FrameMemory;
import a6runner.spi.CallService;
import a6runner.spi.Setting;
import a6runner.spi.Settings;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Unix socket that APISIX connects to. Needs a {@link CallService}, so no socket exists before there is something to serve; the constructor opens it,
 * {@link #close()} stops accepting, lets calls in flight end and closes it. Both may block for a while and run on the framework's threads.
 */
@Component(service = UnixSocketServer.class, immediate = true)
public final class UnixSocketServer {

    private static final Logger LOG = LoggerFactory.getLogger(UnixSocketServer.class);
    private static final long LOOK_MILLIS = 10;
    private static final int MOST_LOOPS = 16;

    private final long stopTimeoutNanos;
    private final SocketFile file;
    private final SocketOwner owner;
    private final Transport transport;
    private final LoopGroup loops;
    private final EventLoopGroup acceptLoop;
    private final ServerChannel server;

    /**
     * Opens the socket by the settings in force.
     *
     * @throws IOException if there can be no socket; the message says why and what to do
     */
    @Activate
    public UnixSocketServer(BundleContext context, @Reference CallService service) throws IOException {
        this(new Settings(context::getProperty), service);
    }

    UnixSocketServer(Settings settings, CallService service) throws IOException {
        try {
            file = new SocketFile(settings.text(Setting.LISTEN_ADDRESS), settings.text(Setting.SOCKET_MODE));
            owner = SocketOwner.of(settings);
        } catch (IOException e) {
            LOG.error(e.getMessage());
            throw e;
        }
        stopTimeoutNanos = settings.nanos(Setting.STOP_TIMEOUT);
        transport = Transport.of(settings.text(Setting.TRANSPORT));
        loops = new LoopGroup(
                transport, loopCount(settings.count(Setting.LOOPS)), settings.nanos(Setting.CLIENT_TIMEOUT), settings.nanos(Setting.CALL_TIMEOUT));
        acceptLoop = transport.newLoop("a6runner-accept");
        FrameMemory memory = new FrameMemory(frameMemory(settings.bytes(Setting.FRAMES_MEMORY)));
        boolean deny = settings.text(Setting.RESPONSE_FAULT).equals("deny");
        server = transport.newServerChannel();
        try {
            if (PeerUsers.areNamed(settings)) {
                server.pipeline().addLast(PeerUsers.of(settings, transport));
            }
            open(settings.count(Setting.BACKLOG), new ConnectionInitializer(service, memory, deny));
        } catch (IOException | RuntimeException e) {
            LOG.error("the socket {} can't be opened: {}", file, e.getMessage());
            close();
            throw e;
        }
        LOG.debug("listening on {} by {}", file, transport);
    }

    // APISIX has a worker per processor, and a worker's share of a call costs more than ours: docs/threading.md counts it.
    private static int loopCount(int setting) {
        return setting > 0 ? setting : Math.max(1, Math.min(MOST_LOOPS, Runtime.getRuntime().availableProcessors() / 2));
    }

    private static long frameMemory(long setting) {
        return setting > 0 ? setting : Runtime.getRuntime().maxMemory() / 8;
    }

    private void open(int backlog, ConnectionInitializer initializer) throws IOException {
        if (file.hasLiveOwner()) {
            LOG.warn("somebody listens on {} already; this runner takes the address over", file);
        }
        server.config().setOption(ChannelOption.SO_BACKLOG, backlog);
        server.pipeline().addLast(new Acceptor(loops, initializer));
        await(acceptLoop.register(server).awaitUninterruptibly());
        await(server.bind(transport.address(file.temporary())).awaitUninterruptibly());
        owner.take(file.temporary());
        file.publish();
    }

    private static void await(ChannelFuture done) throws IOException {
        if (!done.isSuccess()) {
            throw new IOException(done.cause().getMessage(), done.cause());
        }
    }

    /** What listens where, such as {@code unix:/run/a6.sock}. */
    public String address() {
        return file.toString();
    }

    /** Stops accepting, waits for the calls in flight up to {@code stop.timeout}, closes what is left. */
    @Deactivate
    public void close() {
        if (server.isRegistered()) {
            server.close().awaitUninterruptibly(1, TimeUnit.SECONDS);
        }
        loops.drain();
        long deadline = System.nanoTime() + stopTimeoutNanos;
        while (loops.connections() > 0 && System.nanoTime() < deadline) {
            try {
                Thread.sleep(LOOK_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                break;
            }
        }
        if (loops.connections() > 0) {
            LOG.warn("stopping with {} connections whose calls have not ended within stop.timeout", loops.connections());
        }
        loops.stop();
        acceptLoop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
    }
}
