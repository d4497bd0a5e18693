// SPDX-License-Identifier: Apache-2.0
package a6runner.testkit;

import a6runner.testkit.wire.Entry;
import a6runner.testkit.wire.Text;
import java.util.List;

/** What APISIX does after a runner's reply. Compare field by field: arrays make records of these unequal. */
public sealed interface Outcome {

    /** What a plugin author should know about this reply, a sentence each: things APISIX ignores, loses or chokes on. */
    List<String> notes();

    /** What a change is about. */
    enum Part { PATH, ARG, HEADER, RESPONSE_HEADER, BODY }

    /** What a change does. */
    enum Kind { SET, ADDED, DELETED }

    /**
     * One change that the reply asks for and APISIX makes.
     *
     * @param name the header's or argument's, null for path and body
     * @param value null for a deletion; the body's bytes for a body
     */
    record Change(Part part, Kind kind, Text name, Text value) {}

    /**
     * The request goes to the upstream.
     *
     * @param path as it came, decoded; if {@code pathRewritten}, percent-encoded as the upstream gets it
     * @param args toward the upstream; APISIX sends those of different names in random order
     * @param headers toward the upstream, names in lower case; what nginx adds by itself is not in here
     * @param body null if there is none or it isn't known
     * @param responseHeaders what is put in front of the upstream's headers on the way back
     * @param changes what the runner asked for; empty if it left the request alone
     */
    record GoesOn(
            String method,
            Text path,
            boolean pathRewritten,
            List<Entry> args,
            List<Entry> headers,
            byte[] body,
            List<Entry> responseHeaders,
            List<Change> changes,
            List<String> notes)
            implements Outcome {

        /** Path and query, the query encoded as APISIX does when arguments were rewritten. */
        public String uri() {
            return path + (args.isEmpty() ? "" : "?" + UriCoding.query(args));
        }
    }

    /**
     * The client gets an answer without or after the upstream.
     *
     * @param headers names as the client gets them; what nginx adds by itself (date, server, connection, length) is not in here
     * @param body null if it isn't known, or if it is nginx's page
     * @param nginxPage whether the body is nginx's HTML page for the status
     */
    record ClientAnswer(int status, List<Entry> headers, byte[] body, boolean nginxPage, List<String> notes) implements Outcome {}

    /** The client's connection is closed without an answer. */
    record Disconnect(int status, List<String> notes) implements Outcome {}

    /**
     * The call failed.
     *
     * @param status what the client gets: 503, 500 or 502
     * @param degradable whether {@code allow_degradation} makes APISIX go on instead
     * @param body the upstream's body, which APISIX still sends in the response phase; null for nginx's HTML page
     * @param reason a sentence
     */
    record Failure(int status, boolean degradable, byte[] body, String reason, List<String> notes) implements Outcome {}
}
