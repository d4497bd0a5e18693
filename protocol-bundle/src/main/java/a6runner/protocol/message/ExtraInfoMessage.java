// SPDX-License-Identifier: Apache-2.0
package a6runner.protocol.message;

import a6runner.protocol.frame.BodyFinder;
import java.util.Arrays;

/** An {@code A6.ExtraInfo.Resp} (WIRE.md): APISIX's answer to a question. */
public final class ExtraInfoMessage {

    private static final String NAME = "ExtraInfo.Resp";
    private static final int SLOT_RESULT = 0;

    private ExtraInfoMessage() {}

    /**
     * The answer of a payload, which is in {@code bytes} from index 0: a copy; null if APISIX has none.
     *
     * @throws MessageException if it is no such message
     */
    public static byte[] decode(byte[] bytes, int length) throws MessageException {
        int table = Verifier.root(bytes, length, NAME);
        Verifier.bytes(bytes, length, table, SLOT_RESULT, NAME);
        int vector = Tables.reference(bytes, table, SLOT_RESULT);
        return vector == 0 ? null : Arrays.copyOfRange(bytes, Tables.elements(vector), Tables.elements(vector) + Tables.length(bytes, vector));
    }

    /** The place of the answer in a long payload (a {@link BodyFinder}); null if its beginning doesn't tell, or if it is no such message. */
    public static BodyFinder.Place find(byte[] head, int headLength, int length) {
        try {
            int table = Verifier.root(head, headLength, NAME);
            Verifier.scalar(head, table, SLOT_RESULT, 4, NAME);
            int field = Tables.field(head, table, SLOT_RESULT);
            int vector = field == 0 ? 0 : Tables.target(head, field);
            if (field == 0 || vector < field || vector > headLength - 4) {
                return null;
            }
            int count = Tables.length(head, vector);
            return count < 0 || count > length - Tables.elements(vector) ? null : new BodyFinder.Place(Tables.elements(vector), count);
        } catch (MessageException e) {
            return null; // decode says what is wrong, if anything is
        }
    }
}
