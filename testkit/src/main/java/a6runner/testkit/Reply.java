// SPDX-License-Identifier: Apache-2.0
package a6runner.testkit;

import a6runner.testkit.wire.Err;
import a6runner.testkit.wire.HttpReqCall;
import a6runner.testkit.wire.HttpRespCall;

/** How a runner answered one call, as APISIX understands it. {@link ApisixView} says what APISIX does with it. */
public sealed interface Reply {

    /** A conf got its token. */
    record Prepared(long confToken) implements Reply {}

    /** Request phase: go on, nothing changed; also an action without table or of a type that APISIX doesn't know (APISIX.md §7). */
    record Continue(HttpReqCall.Resp message) implements Reply {}

    /** Request phase: go on, with changes. */
    record Rewrite(HttpReqCall.Resp message, HttpReqCall.Rewrite action) implements Reply {}

    /** Request phase: answer the client with this. */
    record Stop(HttpReqCall.Resp message, HttpReqCall.Stop action) implements Reply {}

    /** Response phase: answer the client with this. */
    record ResponseAnswer(HttpRespCall.Resp message) implements Reply {}

    /** An error frame. */
    record ErrorReply(int code) implements Reply {

        /** Whether APISIX prepares the conf anew and tries again, up to three tries in all (APISIX.md §3). */
        public boolean isConfTokenNotFound() {
            return code == Err.CONF_TOKEN_NOT_FOUND;
        }

        /** {@code SERVICE_UNAVAILABLE} and the like. */
        public String codeName() {
            return Err.name(code);
        }
    }

    /**
     * The connection ended before the answer was there.
     *
     * @param reason a sentence
     */
    record Closed(String reason) implements Reply {}

    /**
     * Something that is no answer: a wrong type, bytes that are no message, a question that can't be answered (APISIX.md §2, §3).
     *
     * @param status what APISIX's client gets: 503, or 500 where APISIX's own code breaks
     * @param reason a sentence
     */
    record Broken(int status, String reason) implements Reply {}
}
