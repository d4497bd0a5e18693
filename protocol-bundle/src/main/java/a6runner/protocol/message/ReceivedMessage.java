// SPDX-License-Identifier: Apache-2.0
package a6runner.protocol.message;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;

/**
 * A verified message whose fields are read from the payload's bytes when asked for. New for each call; the bytes are the connection's and will be
 * another call's once {@link #end()} was called.
 *
 * <p>Any thread may read. Every read copies out first and then looks whether the message has ended: so what comes back is this call's, or the read throws
 * {@link IllegalStateException}.
 */
public abstract class ReceivedMessage {

    private static final VarHandle ENDED;

    static {
        try {
            ENDED = MethodHandles.lookup().findVarHandle(ReceivedMessage.class, "ended", boolean.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    final byte[] bytes;
    final int table;
    private boolean ended;

    ReceivedMessage(byte[] bytes, int table) {
        this.bytes = bytes;
        this.table = table;
    }

    /** From now on reads throw. To be called on the event loop before the bytes are used again. */
    protected final void end() {
        ENDED.setOpaque(this, true);
        // Whoever sees a byte of the next message must see this too; the pair is in check().
        VarHandle.storeStoreFence();
    }

    /** Whether {@link #end()} was called. */
    public final boolean ended() {
        return (boolean) ENDED.getOpaque(this);
    }

    final void check() {
        VarHandle.loadLoadFence();
        if (ended()) {
            throw new IllegalStateException("the call has ended: a request or response is valid until its reply is written; copy what you keep");
        }
    }

    /** What a read that failed throws: bytes that changed under it tell of the end, anything else is a fault. */
    final RuntimeException failed(RuntimeException e) {
        check();
        return e;
    }

    final String text(int slot) {
        try {
            int string = Tables.reference(bytes, table, slot);
            String text = string == 0 ? "" : Verifier.text(bytes, string);
            check();
            return text;
        } catch (IndexOutOfBoundsException e) {
            throw failed(e);
        }
    }

    final byte[] copy(int slot) {
        try {
            int vector = Tables.reference(bytes, table, slot);
            byte[] copy = {};
            if (vector != 0) {
                int length = Tables.length(bytes, vector);
                int from = Objects.checkFromIndexSize(Tables.elements(vector), length, bytes.length); // copyOfRange would make any length
                copy = Arrays.copyOfRange(bytes, from, from + length);
            }
            check();
            return copy;
        } catch (IndexOutOfBoundsException e) {
            throw failed(e);
        }
    }

    final EntriesView entries(int slot) {
        try {
            return new EntriesView(this, Tables.reference(bytes, table, slot));
        } catch (IndexOutOfBoundsException e) {
            throw failed(e);
        }
    }

    final String textAt(int string) {
        return new String(bytes, Tables.elements(string), Tables.length(bytes, string), StandardCharsets.UTF_8);
    }
}
