// SPDX-License-Identifier: Apache-2.0
package a6runner.runner.fake;

import a6runner.spi.ExchangeCall;
import a6runner.spi.ReceivedEntries;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** A call of either phase, with APISIX's answers by script: they come on the loop after the flush, or when {@link #release} lets them. */
public abstract class FakeExchange extends FakeCall implements ExchangeCall {

    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final List<Runnable> unflushed = new ArrayList<>(); // the loop's
    private final List<Runnable> held = new ArrayList<>(); // the loop's
    private final Map<String, String> vars = new HashMap<>();
    private volatile boolean hold;
    private volatile RuntimeException breaks;
    private FakeEntries headers = new FakeEntries(this::ended);
    private int token;

    FakeExchange(FakeLoop loop) {
        super(loop);
    }

    /** Has APISIX know a variable. */
    public void setVar(String name, String value) {
        vars.put(name, value);
    }

    public void setHeaders(String... entries) {
        headers = new FakeEntries(this::ended, entries);
    }

    public void setToken(int token) {
        this.token = token;
    }

    /** Keeps APISIX's answers back until {@link #release}. */
    public void holdAnswers() {
        hold = true;
    }

    /** Has every question throw, as a fault of the runner itself would. */
    public void breakQuestions(RuntimeException e) {
        breaks = e;
    }

    /** Lets the answers come, those of an ended call too: the runner has to be proof against them. */
    public void release() {
        hold = false;
        loop.execute(() -> {
            List<Runnable> answers = List.copyOf(held);
            held.clear();
            answers.forEach(Runnable::run);
        });
    }

    /** The questions and flushes in order: {@code var NAME}, {@code body}, {@code response body}, {@code flush}. */
    public List<String> asked() {
        return asked;
    }

    final void ask(String question, byte[] result, Answer answer) {
        onLoop(question);
        if (breaks != null) {
            throw breaks;
        }
        asked.add(question);
        unflushed.add(() -> answer.answered(result));
    }

    @Override
    public void flush() {
        onLoop("flush");
        asked.add("flush");
        List<Runnable> answers = List.copyOf(unflushed);
        unflushed.clear();
        if (hold) {
            held.addAll(answers);
        } else {
            answers.forEach(loop::execute);
        }
    }

    @Override
    public long id() {
        read();
        return 4_000_000_000L;
    }

    @Override
    public int confToken() {
        read();
        return token;
    }

    @Override
    public ReceivedEntries headers() {
        return headers;
    }

    final void read() {
        if (ended()) {
            throw new IllegalStateException("fake: the call has ended");
        }
    }

    @Override
    public void askVar(String name, Answer answer) {
        ask("var " + name, bytes(vars.get(name)), answer);
    }

    static byte[] bytes(String text) {
        return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
    }

    static String text(byte[] bytes) {
        return bytes == null ? null : new String(bytes, StandardCharsets.UTF_8);
    }
}
