// SPDX-License-Identifier: Apache-2.0
package a6runner.spi;

import org.osgi.annotation.versioning.ProviderType;

/** A call of either phase, within which APISIX can be asked for more (ExtraInfo, APISIX.md §6). */
@ProviderType
public interface ExchangeCall extends Call {

    /** Gets APISIX's answer to one question. */
    @FunctionalInterface
    interface Answer {
        /**
         * Called on the loop, once, in the order of the questions; not at all if the call ends before.
         *
         * @param result the bytes, the callee's own; null if APISIX has none
         */
        void answered(byte[] result);
    }

    /** APISIX's number of the call, 0 to 2^32-1. Any thread. */
    long id();

    /** The conf's token, as the 32 bits it is. Any thread. */
    int confToken();

    /** The headers received, in wire order. Any thread. */
    ReceivedEntries headers();

    /** Asks for a variable. Written at the next {@link #flush}. On the loop. */
    void askVar(String name, Answer answer);

    /** Asks for the request's body. Written at the next {@link #flush}. On the loop. */
    void askRequestBody(Answer answer);

    /** Sends what was asked, in one write. On the loop. */
    void flush();
}
