// SPDX-License-Identifier: Apache-2.0
package a6runner.spi;

import org.osgi.annotation.versioning.ProviderType;

/**
 * One call of APISIX in flight: made by the protocol, new for each call, never used again.
 *
 * <p><b>Threads.</b> Answering, asking and {@link #onDisconnect} belong to the call's loop. What was received may be read from any thread.
 *
 * <p><b>Lifetime.</b> A call ends with its answer or with its connection. From then on every read throws {@link IllegalStateException}: the bytes
 * may already be another call's. A read that races with the end gives either this call's bytes or the exception, never another call's bytes.
 */
@ProviderType
public interface Call {

    /** The loop that this call belongs to. Any thread. */
    CallLoop loop();

    /** Whether the call was answered or its connection is gone. Any thread. */
    boolean ended();

    /** Answers the call with a failure; what that is on the wire is the protocol's matter. No effect on a call that has ended. On the loop. */
    void fail(CallFailure failure);

    /** Has a task run on the loop if the connection goes before the call is answered. At most one task; a second replaces it. On the loop. */
    void onDisconnect(Runnable task);
}
