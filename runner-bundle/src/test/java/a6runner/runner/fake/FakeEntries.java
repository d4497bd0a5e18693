// SPDX-License-Identifier: Apache-2.0
package a6runner.runner.fake;

import a6runner.spi.ReceivedEntries;
import a6runner.spi.TextEntries;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/** Received names and values from a list of texts, {@code name=value}, or {@code name} for one without value. */
public final class FakeEntries implements ReceivedEntries {

    private final List<String> names = new ArrayList<>();
    private final List<String> values = new ArrayList<>();
    private final BooleanSupplier ended;

    FakeEntries(BooleanSupplier ended, String... entries) {
        this.ended = ended;
        for (String entry : entries) {
            int equals = entry.indexOf('=');
            names.add(equals < 0 ? entry : entry.substring(0, equals));
            values.add(equals < 0 ? null : entry.substring(equals + 1));
        }
    }

    /** Entries of a call that doesn't end. */
    public static FakeEntries of(String... entries) {
        return new FakeEntries(() -> false, entries);
    }

    private void check() {
        if (ended.getAsBoolean()) {
            throw new IllegalStateException("fake: the call has ended");
        }
    }

    @Override
    public int size() {
        check();
        return names.size();
    }

    @Override
    public String name(int index) {
        check();
        return names.get(index);
    }

    @Override
    public String value(int index) {
        check();
        return values.get(index);
    }

    @Override
    public boolean named(int index, String name, boolean ignoreCase) {
        check();
        return ignoreCase ? names.get(index).equalsIgnoreCase(name) : names.get(index).equals(name);
    }

    @Override
    public int find(String name, int from, boolean ignoreCase) {
        check();
        for (int i = from; i < names.size(); i++) {
            if (named(i, name, ignoreCase)) {
                return i;
            }
        }
        return -1;
    }

    /** What goes out, as APISIX reads it: {@code name=value}, {@code -name} for a deletion; received entries stand with their own bytes. */
    public static List<String> sent(TextEntries entries, ReceivedEntries received) {
        List<String> sent = new ArrayList<>();
        for (int i = 0; entries != null && i < entries.size(); i++) {
            int at = entries.received(i);
            if (at >= 0) {
                sent.add(received.name(at) + (received.value(at) == null ? "" : "=" + received.value(at)));
            } else {
                sent.add(entries.value(i) == null ? "-" + entries.name(i) : entries.name(i) + "=" + entries.value(i));
            }
        }
        return sent;
    }
}
