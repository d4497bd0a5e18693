// SPDX-License-Identifier: Apache-2.0
package a6runner.spi;

import org.apache.apisix.plugin.runner.HttpRequest;
import org.osgi.annotation.versioning.ProviderType;

/** An HTTP_REQ_CALL: the request phase. Reads from any thread, answers on the loop, as {@link Call} says. */
@ProviderType
public interface RequestCall extends ExchangeCall {

    /** The client's address, 4 or 16 bytes, a copy; empty if APISIX sent none. */
    byte[] sourceAddress();

    /** The request's method. */
    HttpRequest.Method method();

    /** The path as received, "" if there is none. */
    String path();

    /** The query's arguments, in wire order. */
    ReceivedEntries args();

    /** Answers: go on, nothing changed. */
    void goOn();

    /** Answers: go on with these changes. */
    void rewrite(Rewrite rewrite);

    /** Answers: stop with this response. */
    void stop(Stop stop);
}
