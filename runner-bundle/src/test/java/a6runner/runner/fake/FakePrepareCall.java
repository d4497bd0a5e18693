// SPDX-License-Identifier: Apache-2.0
package a6runner.runner.fake;

import a6runner.spi.PrepareCall;
import java.util.ArrayList;
import java.util.List;

/** A PREPARE_CONF. */
public final class FakePrepareCall extends FakeCall implements PrepareCall {

    private final String key;
    private final List<Entry> conf;

    public FakePrepareCall(FakeLoop loop, String key, String... entries) {
        super(loop);
        this.key = key;
        this.conf = conf(entries);
    }

    /** A conf from texts, {@code name=value}, or {@code name} for an empty value. */
    public static List<Entry> conf(String... entries) {
        List<Entry> conf = new ArrayList<>();
        for (String entry : entries) {
            int equals = entry.indexOf('=');
            conf.add(equals < 0 ? new Entry(entry, "") : new Entry(entry.substring(0, equals), entry.substring(equals + 1)));
        }
        return List.copyOf(conf);
    }

    @Override
    public List<Entry> conf() {
        return conf;
    }

    @Override
    public String key() {
        return key;
    }

    @Override
    public void answer(int token) {
        answered(new Outcome.Token(token));
    }

    /** The token answered. */
    public int token() {
        return ((Outcome.Token) outcome()).token();
    }
}
