// SPDX-License-Identifier: Apache-2.0
package a6runner.protocol.socket;

import a6runner.protocol.frame.FrameMemory;
import a6runner.protocol.takeover.AddressLock;
import a6runner.protocol.takeover.Announcements;
import a6runner.protocol.takeover.ControlSocket;
import a6runner.protocol.takeover.HandOverLink;
import a6runner.protocol.takeover.Hello;
import a6runner.spi.CallService;
import a6runner.spi.ConfHandOver;
import a6runner.spi.ConnectionsView;
import a6runner.spi.Setting;
import a6runner.spi.Settings;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import java.io.IOException;
import java.time.Duration;
import java.util.Hashtable;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Unix socket that APISIX connects to. Needs a {@link CallService}, so no socket exists before there is something to serve; the constructor opens it, or,
 * where another runner serves the address, sets off the takeover, which ends on a thread of its own. {@link #close()} stops accepting, lets calls in flight
 * end and closes it. Both may block for a while and run on the framework's threads.
 *
 * <p>Once calls come here, there is a service that the launcher uses, of JDK types, for it sees none of ours: a {@link Function} with the property
 * {@value #ROLE} = {@value #LEAVE}. It is given why the runner is to leave (a name of {@link Linger.Reason}), and gives a {@link CompletionStage}, completed
 * with what is to be said, when the process may end. Its property {@code transport} says how the socket is served.
 */
@Component(service = {UnixSocketServer.class, ConnectionsView.class}, immediate = true)
public final class UnixSocketServer implements ConnectionsView {

    static final String ROLE = "a6runner.role";
    static final String LEAVE = "leave";

    private static final Logger LOG = LoggerFactory.getLogger(UnixSocketServer.class);
    private static final String PARENT_PID = "a6runner.parent.pid"; // bin/a6runner says it, in managed mode only
    private static final Duration LOCK_PATIENCE = Duration.ofSeconds(20); // longer than a takeover takes
    private static final long LOOK_MILLIS = 10;
    private static final long PATIENCE_MILLIS = 1_000;
    private static final int MOST_LOOPS = 16;

    /** What is to be done once the address is ours; what it returns undoes it. */
    interface Published {
        Runnable by(Transport transport, Function<String, CompletionStage<String>> leave);
    }

    private final CallService service;
    private final long stopTimeoutNanos;
    private final SocketFile file;
    private final SocketOwner owner;
    private final Transport transport;
    private final LoopGroup loops;
    private final EventLoopGroup acceptLoop;
    private final ServerChannel server;
    private final Acceptor acceptor;
    private final Neighbours neighbours;
    private final Announcements announcements;
    private final Linger linger;
    private final Takeover takeover;
    private final Published published;
    private final AddressLock lock;
    private ControlSocket control; // null where there can be none
    private Thread taking; // null unless the address is being taken over
    private HandOverLink predecessor;
    private volatile Runnable unpublish = () -> {};

    /**
     * Opens the socket by the settings in force.
     *
     * @throws IOException if there can be no socket; the message says why and what to do
     */
    @Activate
    public UnixSocketServer(BundleContext context, @Reference CallService service) throws IOException {
        this(new Settings(context::getProperty), service, service.handOver(), parent(context.getProperty(PARENT_PID)), (transport, leave) -> context.registerService(Function.class,
                leave, new Hashtable<>(Map.of(ROLE, LEAVE, "transport", transport.name().toLowerCase(Locale.ROOT))))::unregister);
    }

    private static long parent(String pid) {
        return pid == null ? 0 : Long.parseLong(pid);
    }

    /**
     * The same without a framework.
     *
     * @param parent the pid of the script in managed mode, else 0
     */
    UnixSocketServer(Settings settings, CallService service, ConfHandOver confs, long parent, Published published) throws IOException {
        try {
            file = new SocketFile(settings.text(Setting.LISTEN_ADDRESS), settings.text(Setting.SOCKET_MODE));
            owner = SocketOwner.of(settings);
        } catch (IOException e) {
            LOG.error(e.getMessage());
            throw e;
        }
        this.service = service;
        this.published = published;
        boolean managed = parent > 0;
        stopTimeoutNanos = settings.nanos(Setting.STOP_TIMEOUT);
        transport = Transport.of(settings.text(Setting.TRANSPORT));
        loops = new LoopGroup(
                transport, loopCount(settings.count(Setting.LOOPS)), settings.nanos(Setting.CLIENT_TIMEOUT), settings.nanos(Setting.CALL_TIMEOUT));
        acceptLoop = transport.newLoop("a6runner-accept");
        FrameMemory memory = new FrameMemory(frameMemory(settings.bytes(Setting.FRAMES_MEMORY)));
        boolean deny = settings.text(Setting.RESPONSE_FAULT).equals("deny");
        acceptor = new Acceptor(loops, new ConnectionInitializer(service, memory, deny));
        server = transport.newServerChannel();
        neighbours = new Neighbours(confs);
        announcements = new Announcements(file.address(), parent);
        linger = new Linger(file, loops, neighbours, announcements, managed, settings.nanos(Setting.LINGER));
        takeover = new Takeover(file, settings, confs, hello(managed, confs));
        lock = AddressLock.acquire(file.address(), LOCK_PATIENCE);
        try {
            if (PeerUsers.areNamed(settings)) {
                server.pipeline().addLast(PeerUsers.of(settings, transport));
            }
            predecessor = takeover.predecessor();
            bind(settings.count(Setting.BACKLOG));
            control = control(confs, managed);
            if (predecessor == null) {
                publish(() -> {});
            } else {
                taking = new Thread(this::takeOver, "a6runner-takeover");
                taking.setDaemon(true);
                taking.start();
            }
        } catch (IOException | RuntimeException e) {
            LOG.error("the socket {} can't be opened: {}", file, e.getMessage());
            close();
            throw e;
        } catch (InterruptedException e) {
            close();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while the socket was being opened", e);
        }
    }

    private Hello hello(boolean managed, ConfHandOver confs) {
        return new Hello(Hello.FORMAT, ProcessHandle.current().pid(), managed, linger.leaving(), confs.tokenParity());
    }

    // APISIX has a worker per processor, and a worker's share of a call costs more than ours: docs/threading.md counts it.
    private static int loopCount(int setting) {
        return setting > 0 ? setting : Math.max(1, Math.min(MOST_LOOPS, Runtime.getRuntime().availableProcessors() / 2));
    }

    private static long frameMemory(long setting) {
        return setting > 0 ? setting : Runtime.getRuntime().maxMemory() / 8;
    }

    private void bind(int backlog) throws IOException {
        server.config().setOption(ChannelOption.SO_BACKLOG, backlog);
        server.pipeline().addLast(acceptor);
        await(acceptLoop.register(server).awaitUninterruptibly());
        await(server.bind(transport.address(file.temporary())).awaitUninterruptibly());
        owner.take(file.temporary());
    }

    private ControlSocket control(ConfHandOver confs, boolean managed) {
        try {
            return new ControlSocket(file.address(), confs, () -> hello(managed, confs), linger::talk);
        } catch (IOException | RuntimeException e) {
            LOG.warn("no control socket beside {}: {}; a successor will not find this runner, and calls are lost when it is replaced", file, e.getMessage());
            return null;
        }
    }

    private void takeOver() {
        try {
            neighbours.add(predecessor);
            predecessor.end().thenRun(() -> neighbours.remove(predecessor));
            takeover.prepare(predecessor);
            ConnectionReceiver receiver = transport.receiver(file.address(), acceptLoop, acceptor::serve);
            publish(() -> predecessor.tellTaken(receiver == null ? "" : receiver.path().toString()));
            if (receiver != null) {
                predecessor.end().thenRun(receiver::close);
            }
        } catch (IOException | RuntimeException e) {
            LOG.error("the address {} can't be taken over: {}", file, e.getMessage(), e);
        } catch (InterruptedException e) {
            LOG.debug("stopped before the address was taken over");
        }
    }

    private void publish(Runnable atOnce) throws IOException {
        if (control != null) {
            control.publish();
        }
        file.publish();
        atOnce.run();
        announcements.remove();
        lock.close();
        linger.start();
        LOG.debug("listening on {} by {}", file, transport);
        unpublish = published.by(transport, why -> linger.leave(Linger.Reason.valueOf(why)));
    }

    static void await(ChannelFuture done) throws IOException {
        if (!done.isSuccess()) {
            throw new IOException(done.cause().getMessage(), done.cause());
        }
    }

    /** What listens where, such as {@code unix:/run/a6.sock}. */
    public String address() {
        return file.toString();
    }

    @Override
    public List<Connection> connections() {
        return loops.view(PATIENCE_MILLIS);
    }

    @Override
    public List<Loop> loops() {
        return loops.loops();
    }

    /** Stops accepting, waits for the calls in flight up to {@code stop.timeout}, closes what is left. */
    @Deactivate
    public void close() {
        unpublish.run();
        linger.close();
        if (taking != null) {
            taking.interrupt();
            predecessor.close();
        }
        closeControl();
        lock.close();
        announcements.remove();
        if (server.isRegistered()) {
            server.close().awaitUninterruptibly(1, TimeUnit.SECONDS);
        }
        service.closing();
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

    private void closeControl() {
        try {
            if (control != null) {
                control.close();
            }
        } catch (IOException e) {
            LOG.debug("the control socket could not be closed", e);
        }
    }
}
