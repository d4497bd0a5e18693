// SPDX-License-Identifier: Apache-2.0
package a6runner.protocol.message;

import java.util.Arrays;

/** An {@code A6.ExtraInfo.Resp} (WIRE.md): APISIX's answer to a question. */
public final class ExtraInfoMessage {

    private static final int SLOT_RESULT = 0;

    private ExtraInfoMessage() {}

    /**
     * The answer of a payload, which is in {@code bytes} from index 0: a copy; null if APISIX has none.
     *
     * @throws MessageException if it is no such message
     */
    public static byte[] decode(byte[] bytes, int length) throws MessageException {
        String name = "ExtraInfo.Resp";
        int table = Verifier.root(bytes, length, name);
        Verifier.bytes(bytes, length, table, SLOT_RESULT, name);
        int vector = Tables.reference(bytes, table, SLOT_RESULT);
        return vector == 0 ? null : Arrays.copyOfRange(bytes, Tables.elements(vector), Tables.elements(vector) + Tables.length(bytes, vector));
    }
}
