// SPDX-License-Identifier: Apache-2.0
package a6runner.spi;

import org.osgi.annotation.versioning.ProviderType;

/** An HTTP_RESP_CALL: the response phase. Reads from any thread, answers on the loop, as {@link Call} says. */
@ProviderType
public interface ResponseCall extends ExchangeCall {

    /** The upstream's status. */
    int status();

    /** Asks for the upstream's body; APISIX gives it only once per call. Written at the next {@link #flush}. On the loop. */
    void askResponseBody(Answer answer);

    /** Answers with what the client shall get. */
    void answer(ResponseReply reply);
}
