// SPDX-License-Identifier: Apache-2.0
package a6runner.itests.process;

import a6runner.testkit.A6Client;
import a6runner.testkit.CallResult;
import a6runner.testkit.ExtraInfoAnswers;
import a6runner.testkit.Reply;
import a6runner.testkit.wire.Entry;
import a6runner.testkit.wire.HttpReqCall;
import a6runner.testkit.wire.HttpRespCall;
import a6runner.testkit.wire.Text;
import java.io.IOException;
import java.util.List;

/** Calls as these tests make them. */
final class Calls {

    private Calls() {}

    /** A token for a conf: plugin, value, plugin, value … */
    static long prepare(A6Client apisix, String... conf) throws IOException {
        return apisix.prepare("route#1#ext-plugin-pre-req#" + List.of(conf).hashCode(), Entry.list(conf));
    }

    /** {@code GET /hello?a=1} with a header. */
    static HttpReqCall.Req request(long token) {
        return new HttpReqCall.Req(1, new byte[] {127, 0, 0, 1}, 0, Text.of("/hello"), Entry.list("a", "1"), Entry.list("host", "x"), token);
    }

    /** An upstream's answer with headers of which one comes twice. */
    static HttpRespCall.Req response(long token) {
        return new HttpRespCall.Req(1, 200, Entry.list("Content-Type", "text/plain", "Set-Cookie", "a=1", "Set-Cookie", "b=2", "Content-Length", "2"), token);
    }

    /** The request phase of a conf of one plugin. */
    static Reply call(A6Client apisix, String plugin, String conf) throws IOException {
        return call(apisix, prepare(apisix, plugin, conf)).reply();
    }

    /** The request phase. */
    static CallResult call(A6Client apisix, long token) throws IOException {
        return apisix.call(request(token), ExtraInfoAnswers.none());
    }
}
