// SPDX-License-Identifier: Apache-2.0
package a6runner.spi;

import org.osgi.annotation.versioning.ProviderType;

/**
 * Answers the calls that APISIX sends: implemented by the runner, called by the protocol.
 *
 * <p>Every method is called on the call's own event loop ({@link Call#loop()}) and must not block. It answers at once or later, but always by exactly
 * one of the call's answering methods, on that loop. What it throws is answered as {@link CallFailure#FAULT}.
 */
@ProviderType
public interface CallService {

    /** Takes a conf and answers its token. */
    void prepare(PrepareCall call);

    /** Runs the request phase. */
    void serve(RequestCall call);

    /** Runs the response phase. */
    void serve(ResponseCall call);

    /** How its confs come from another process, and go to one. Any thread. */
    ConfHandOver handOver();

    /**
     * The socket has closed, and its end waits for the calls that are there, up to {@code stop.timeout}: those that wait for a plugin which may come late or never
     * are to be answered soon. Any thread, once; must not block.
     */
    void closing();
}
