// SPDX-License-Identifier: Apache-2.0
package a6runner.protocol.takeover;

import a6runner.protocol.takeover.HandOverFormat.Message;
import a6runner.protocol.takeover.HandOverFormat.Type;
import a6runner.spi.ConfHandOver;
import a6runner.spi.HandedConf;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A talk between the runner that serves an address and the one that takes it over, the same class on either end. Both ask each other for tokens; the
 * successor asks for all confs, and says when the address is its own. Owns its connection and two threads. Any thread; nothing here blocks the caller.
 */
public final class HandOverLink implements Closeable {

    private static final Logger LOG = LoggerFactory.getLogger(HandOverLink.class);
    /** A token that is asked for: far more than is needed even where the machine has much else to do; APISIX waits for 60 s. */
    private static final long ANSWER_MILLIS = 5_000;
    private static final int BATCH = 500;

    private final SocketChannel channel;
    private final ConfHandOver confs;
    private final Hello mine;
    private final ExecutorService writer;
    private final CompletableFuture<Hello> hello = new CompletableFuture<>();
    private final CompletableFuture<Integer> all = new CompletableFuture<>();
    private final CompletableFuture<String> taken = new CompletableFuture<>();
    private final CompletableFuture<Void> end = new CompletableFuture<>();
    private final Map<Integer, CompletableFuture<HandedConf>> asked = new ConcurrentHashMap<>();
    private final List<HandedConf> batch = new ArrayList<>(); // the reader's own
    private final List<CompletableFuture<Void>> taking = new ArrayList<>(); // the reader's own
    private volatile long sentAt; // seconds since 1970: confs that came before then have been sent
    private volatile IntFunction<CompletionStage<HandedConf>> others = token -> CompletableFuture.completedFuture(null);
    private volatile boolean over;

    /**
     * A talk over a connected channel in blocking mode; says hello at once.
     *
     * @param name of its threads
     */
    HandOverLink(String name, SocketChannel channel, ConfHandOver confs, Hello mine) {
        this.channel = channel;
        this.confs = confs;
        this.mine = mine;
        writer = Executors.newSingleThreadExecutor(task -> daemon(task, name + "-out"));
        send(HandOverFormat.hello(mine));
        daemon(this::read, name).start();
    }

    private static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    // ---- what is said

    /** Completes with what the other said first. Fails if it isn't a runner, or goes. */
    public CompletionStage<Hello> hello() {
        return hello;
    }

    /** Has the other send all its confs, which are taken as they come; completes with their number when plugins have parsed them. */
    public CompletionStage<Integer> askForConfs() {
        send(HandOverFormat.message(Type.SEND_CONFS));
        return all;
    }

    /** The other's conf of a token; null if it has none, doesn't say, or is gone. */
    public CompletionStage<HandedConf> ask(int token) {
        CompletableFuture<HandedConf> answer = new CompletableFuture<>();
        CompletableFuture<HandedConf> other = asked.putIfAbsent(token, answer);
        if (other != null) {
            return other;
        }
        answer.completeOnTimeout(null, ANSWER_MILLIS, TimeUnit.MILLISECONDS).whenComplete((conf, failure) -> asked.remove(token, answer));
        send(HandOverFormat.message(Type.ASK, token));
        if (over) {
            answer.complete(null);
        }
        return answer;
    }

    /** Whom to ask for a token that the other asks for and that isn't known here: of three runners, the one in the middle is asked by both. */
    public void askOthers(IntFunction<CompletionStage<HandedConf>> newOthers) {
        others = newOthers;
    }

    /** Tells the other that the address is ours, and where we take connections, "" if we don't. */
    public void tellTaken(String path) {
        send(HandOverFormat.message(Type.TAKEN, path));
    }

    /** Completes when the other says that the address is its own, with where it takes connections. */
    public CompletionStage<String> taken() {
        return taken;
    }

    /** Sends what confs have come since the other asked for all; those of the last second again. */
    public void sendLateConfs() {
        long since = sentAt;
        run(() -> {
            if (since > 0) {
                writeConfs(since - 1);
            }
        });
    }

    /** Says that nothing more will come, and completes when that is written. */
    public CompletionStage<Void> bye() {
        CompletableFuture<Void> written = new CompletableFuture<>();
        run(() -> {
            try {
                write(HandOverFormat.message(Type.BYE));
            } finally {
                written.complete(null);
            }
        });
        if (over) {
            written.complete(null);
        }
        return written;
    }

    /** Completes when the talk is over, in whatever way. */
    public CompletionStage<Void> end() {
        return end;
    }

    // ---- out

    private interface Writing {
        void run() throws IOException;
    }

    private void run(Writing task) {
        try {
            writer.execute(() -> {
                try {
                    task.run();
                } catch (IOException e) {
                    fail(e);
                }
            });
        } catch (RejectedExecutionException e) {
            // it is over
        }
    }

    private void send(ByteBuffer message) {
        run(() -> write(message));
    }

    private void write(ByteBuffer message) throws IOException {
        while (message.hasRemaining()) {
            channel.write(message);
        }
    }

    private int writeConfs(long createdFrom) throws IOException {
        List<HandedConf> some = new ArrayList<>();
        confs.forEach(conf -> {
            if (conf.created() >= createdFrom) {
                some.add(conf);
            }
        });
        for (HandedConf conf : some) {
            ByteBuffer message = HandOverFormat.conf(conf);
            if (message != null) {
                write(message);
            }
        }
        return some.size();
    }

    // ---- in

    private void read() {
        try {
            while (!over) {
                take(receive());
            }
        } catch (IOException | RuntimeException e) {
            fail(e);
        }
    }

    private Message receive() throws IOException {
        int length = fill(ByteBuffer.allocate(4)).getInt();
        if (length < 1 || length > HandOverFormat.MAX_MESSAGE) {
            throw new IOException("a message of " + length + " bytes");
        }
        ByteBuffer message = fill(ByteBuffer.allocate(length));
        return new Message(HandOverFormat.type(message.get()), message);
    }

    private ByteBuffer fill(ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            if (channel.read(buffer) < 0) {
                throw new EOFException("the other runner is gone");
            }
        }
        return buffer.flip();
    }

    private void take(Message message) throws IOException {
        if (!hello.isDone() && message.type() != Type.HELLO) {
            throw new IOException("who is there is no A6 Runner");
        }
        switch (message.type()) {
            case HELLO -> {
                Hello other = HandOverFormat.readHello(message.rest());
                hello.complete(other);
                if (!other.fits()) {
                    throw new IOException("the other runner, pid " + other.pid() + ", speaks version " + other.format() + " of the hand-over, this one version "
                            + mine.format());
                }
            }
            case SEND_CONFS -> {
                sentAt = System.currentTimeMillis() / 1_000;
                run(() -> write(HandOverFormat.message(Type.ALL_CONFS, writeConfs(0))));
            }
            case CONF -> conf(HandOverFormat.readConf(message.rest()));
            case ALL_CONFS -> {
                int count = HandOverFormat.readNumber(message.rest());
                takeBatch();
                CompletableFuture.allOf(taking.toArray(CompletableFuture<?>[]::new)).whenComplete((done, failure) -> all.complete(count));
            }
            case ASK -> {
                int token = HandOverFormat.readNumber(message.rest());
                HandedConf conf = confs.find(token);
                if (conf != null) {
                    answer(token, conf);
                } else {
                    others.apply(token).whenComplete((found, failure) -> answer(token, found));
                }
            }
            case UNKNOWN -> {
                CompletableFuture<HandedConf> waiting = asked.get(HandOverFormat.readNumber(message.rest()));
                if (waiting != null) {
                    waiting.complete(null);
                }
            }
            case TAKEN -> taken.complete(HandOverFormat.readText(message.rest()));
            case BYE -> close();
        }
    }

    private void answer(int token, HandedConf conf) {
        ByteBuffer message = conf == null ? null : HandOverFormat.conf(conf);
        send(message == null ? HandOverFormat.message(Type.UNKNOWN, token) : message);
    }

    private void conf(HandedConf conf) {
        CompletableFuture<HandedConf> waiting = asked.get(conf.token());
        if (waiting != null) {
            waiting.complete(conf);
        } else if (all.isDone()) {
            confs.take(List.of(conf));
        } else {
            batch.add(conf);
            if (batch.size() >= BATCH) {
                takeBatch();
            }
        }
    }

    private void takeBatch() {
        taking.add(confs.take(batch).toCompletableFuture());
        batch.clear();
    }

    // ---- the end

    private void fail(Exception e) {
        if (!over) {
            LOG.debug("the talk with the other runner has ended", e);
            hello.completeExceptionally(e);
            all.completeExceptionally(e);
            close();
        }
    }

    /** Ends the talk. What was asked is answered by null. */
    @Override
    public void close() {
        over = true;
        try {
            channel.close();
        } catch (IOException e) {
            LOG.debug("a control connection could not be closed", e);
        }
        writer.shutdown();
        hello.completeExceptionally(new IOException("the other runner is gone"));
        all.completeExceptionally(new IOException("the other runner is gone"));
        asked.values().forEach(waiting -> waiting.complete(null));
        end.complete(null);
    }
}
