// SPDX-License-Identifier: Apache-2.0
package a6runner.protocol.socket;

import a6runner.protocol.takeover.AddressOwner;
import a6runner.protocol.takeover.ControlSocket;
import a6runner.protocol.takeover.HandOverLink;
import a6runner.protocol.takeover.Hello;
import a6runner.spi.ConfHandOver;
import a6runner.spi.Setting;
import a6runner.spi.Settings;
import java.io.IOException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The successor's side: finds the runner that serves the address, and gets its confs before the address is taken. By whom it is made; may block for as long
 * as is said.
 */
final class Takeover {

    private static final Logger LOG = LoggerFactory.getLogger(Takeover.class);
    private static final long HELLO_MILLIS = 10_000;
    private static final long CONFS_MILLIS = 10_000;
    private static final long AFTER_START_WAIT_MILLIS = 2_000;

    private final SocketFile file;
    private final Settings settings;
    private final ConfHandOver confs;
    private final Hello mine;

    Takeover(SocketFile file, Settings settings, ConfHandOver confs, Hello mine) {
        this.file = file;
        this.settings = settings;
        this.confs = confs;
        this.mine = mine;
    }

    /**
     * The runner that serves the address and may be taken over from; null if there is none that could be talked with.
     *
     * @throws IOException if the address belongs to somebody else, whom the message names
     */
    HandOverLink predecessor() throws IOException, InterruptedException {
        if (!file.hasLiveOwner()) {
            return null;
        }
        HandOverLink link;
        try {
            link = ControlSocket.connect(file.address(), confs, mine).orElse(null);
        } catch (IOException e) {
            // Without e as the cause: the innermost message is what the program ends with.
            throw new IOException("listen.address: " + file + " is served by " + e.getMessage() + "; stop it, or choose another path");
        }
        if (link == null) {
            throw new IOException("listen.address: " + file + " is served by " + AddressOwner.of(file.address())
                    + ", which is no A6 Runner that could be taken over from; stop it, or choose another path");
        }
        Hello other = hello(link);
        if (other != null && !mayTake(other)) {
            link.close();
            throw new IOException("listen.address: " + file + " is served by another A6 Runner, " + AddressOwner.ofProcess(other.pid())
                    + "; stop it first, or let this one take over from it: --set listen.takeover=always");
        }
        return other == null ? null : link;
    }

    private Hello hello(HandOverLink link) throws InterruptedException {
        try {
            return get(link.hello(), HELLO_MILLIS);
        } catch (ExecutionException | TimeoutException e) {
            link.close();
            LOG.warn("the runner that serves {} doesn't answer ({}): the address is taken over without its confs, which APISIX sends again", file, said(e));
            return null;
        }
    }

    private boolean mayTake(Hello other) {
        return mine.managed() && other.managed() || other.leaving() || settings.text(Setting.LISTEN_TAKEOVER).equals("always");
    }

    /** Waits for this runner's own plugins and gets the other's confs. What doesn't come in time is left: APISIX sends it again. */
    void prepare(HandOverLink predecessor) throws InterruptedException {
        try {
            get(confs.ready(), TimeUnit.NANOSECONDS.toMillis(settings.nanos(Setting.START_WAIT)) + AFTER_START_WAIT_MILLIS);
        } catch (ExecutionException | TimeoutException e) {
            LOG.warn("the deploy folder's first scan is not through; the address is taken over with the plugins that are there");
        }
        try {
            confs.tokenParity(1 - get(predecessor.hello(), HELLO_MILLIS).tokenParity());
            int count = get(predecessor.askForConfs(), CONFS_MILLIS);
            LOG.info("{} confs were taken over", count);
        } catch (TimeoutException e) {
            LOG.warn("plugins have not parsed all confs of the former runner within {} s; the address is taken over, early calls wait for it", CONFS_MILLIS / 1_000);
        } catch (ExecutionException e) {
            LOG.warn("the former runner's confs can't be taken over: {}; APISIX sends those again that it needs", said(e));
        }
    }

    private static <T> T get(CompletionStage<T> stage, long millis) throws InterruptedException, ExecutionException, TimeoutException {
        return stage.toCompletableFuture().get(millis, TimeUnit.MILLISECONDS);
    }

    private static String said(Exception e) {
        if (e instanceof TimeoutException) {
            return "not within " + HELLO_MILLIS / 1_000 + " s";
        }
        Throwable cause = e.getCause() instanceof CompletionException inner && inner.getCause() != null ? inner.getCause() : e.getCause();
        return cause.getMessage();
    }
}
