// SPDX-License-Identifier: Apache-2.0
package a6runner.protocol.message;

import a6runner.spi.PrepareCall;
import java.util.ArrayList;
import java.util.List;

/**
 * An {@code A6.PrepareConf.Req} (WIRE.md), decoded at once, since a conf outlives its frame.
 *
 * @param conf the entries in execution order
 * @param key the conf's key, "" if absent
 */
public record PrepareMessage(List<PrepareCall.Entry> conf, String key) {

    private static final int SLOT_CONF = 0;
    private static final int SLOT_KEY = 1;
    private static final int SLOT_NAME = 0;
    private static final int SLOT_VALUE = 1;

    /**
     * Decodes a payload, which is in {@code bytes} from index 0.
     *
     * @throws MessageException if it is no such message
     */
    public static PrepareMessage decode(byte[] bytes, int length) throws MessageException {
        String name = "PrepareConf.Req";
        int table = Verifier.root(bytes, length, name);
        Verifier.entries(bytes, length, table, SLOT_CONF, name);
        Verifier.bytes(bytes, length, table, SLOT_KEY, name);
        int vector = Tables.reference(bytes, table, SLOT_CONF);
        int count = vector == 0 ? 0 : Tables.length(bytes, vector);
        List<PrepareCall.Entry> conf = new ArrayList<>(Math.min(count, 1024));
        for (int i = 0; i < count; i++) {
            int entry = Tables.element(bytes, vector, i);
            conf.add(new PrepareCall.Entry(text(bytes, entry, SLOT_NAME), text(bytes, entry, SLOT_VALUE)));
        }
        return new PrepareMessage(List.copyOf(conf), text(bytes, table, SLOT_KEY));
    }

    private static String text(byte[] bytes, int table, int slot) {
        int string = Tables.reference(bytes, table, slot);
        return string == 0 ? "" : Verifier.text(bytes, string);
    }
}
