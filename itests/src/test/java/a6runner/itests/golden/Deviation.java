// SPDX-License-Identifier: Apache-2.0
package a6runner.itests.golden;

import a6runner.testkit.wire.Entry;
import a6runner.testkit.wire.HttpReqCall;
import a6runner.testkit.wire.HttpReqCall.Rewrite;
import a6runner.testkit.wire.HttpReqCall.Stop;
import a6runner.testkit.wire.Text;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * Where our runner does on purpose something else than the recorded one, though the plugin says the same: by scenario, with the reason, and what the recorded
 * action becomes.
 *
 * @param reason why, a sentence
 * @param action what our runner says instead; null for: changes nothing
 */
record Deviation(String reason, UnaryOperator<HttpReqCall.Action> action) {

    private static final Deviation OWN_LENGTH = new Deviation(
            "A content-length from the runner makes the request hang or smuggles its rest, so it is dropped with a warning.", withoutHeader("content-length"));

    private static final Deviation PATH_ALONG = new Deviation(
            "Arguments alone are lost where an earlier plugin has rewritten the path, so the runner asks for it and sends it along.", null);

    /** In the request phase, by the scenario's name. */
    static final Map<String, Deviation> BY_SCENARIO = Map.ofEntries(
            Map.entry("stop-1", new Deviation("Status 1 closes the client's connection without an answer, so the client gets 500.",
                    action -> new Stop(500, ((Stop) action).headers(), ((Stop) action).body()))),
            Map.entry("stop-content-length", new Deviation("A wrong content-length hangs the client, so it is dropped with a warning.",
                    withoutHeader("content-length"))),
            Map.entry("rewrite-content-length", OWN_LENGTH),
            Map.entry("rewrite-body-shorter-and-length", OWN_LENGTH),
            Map.entry("rewrite-body-asked-and-length", OWN_LENGTH),
            Map.entry("resp-pre-rewrite-body-and-length", OWN_LENGTH),
            Map.entry("resp-chunked-te-deleted", new Deviation("Connection headers are APISIX's own, so deleting one is ignored with a warning.",
                    withoutHeader("transfer-encoding"))),
            Map.entry("rewrite-path-relative", new Deviation("A path without / ends in 502, so it gets one.",
                    action -> withPath("/rel", (Rewrite) action))),
            Map.entry("rewrite-arg-noname", new Deviation("An entry without name breaks APISIX, so it is ignored with a warning.", null)),
            Map.entry("rewrite-header-invalid", new Deviation("An entry with an empty name is ignored with a warning.", withoutHeader(""))),
            Map.entry("rewrite-path-then-post-args", new Deviation(PATH_ALONG.reason,
                    action -> ((Rewrite) action).args() == null ? action : withPath("/rw", (Rewrite) action))),
            Map.entry("proxy-rewrite-then-post-args", new Deviation(PATH_ALONG.reason, action -> withPath("/pr", (Rewrite) action))),
            Map.entry("resp-utf8-path-same-path-set", new Deviation("A plugin that sets what the getter shows has changed nothing.", null)));

    /** Questions that our runner doesn't ask, by scenario and by why. */
    static final Map<String, String> UNASKED = Map.of(
            "extra-resp-body-in-req", "The request phase has no upstream's body to ask for.",
            "resp-ask-req-body", "The response phase has no request's body to ask for.",
            "resp-ask-body-twice-chunked", "APISIX gives it once, so it is kept.",
            "resp-ask-body-twice-close", "APISIX gives it once, so it is kept.");

    /** What APISIX has for {@code upstream_uri} where an earlier plugin has rewritten the path; the recorded runner didn't ask. */
    static final Map<String, String> UPSTREAM_URI = Map.of("rewrite-path-then-post-args", "/rw?z=1", "proxy-rewrite-then-post-args", "/pr?z=1");

    /** What our runner does where the recorded one did this. */
    HttpReqCall.Action instead(HttpReqCall.Action recorded) {
        return action == null ? null : action.apply(recorded);
    }

    private static UnaryOperator<HttpReqCall.Action> withoutHeader(String name) {
        return action -> action instanceof Stop stop
                ? new Stop(stop.status(), without(name, stop.headers()), stop.body())
                : without(name, (Rewrite) action);
    }

    private static HttpReqCall.Action without(String name, Rewrite rewrite) {
        Rewrite rest = new Rewrite(rewrite.path(), without(name, rewrite.headers()), rewrite.args(), rewrite.respHeaders(), rewrite.body());
        return Arrays.asList(rest.path(), rest.headers(), rest.args(), rest.respHeaders(), rest.body()).stream().allMatch(part -> part == null) ? null : rest;
    }

    private static List<Entry> without(String name, List<Entry> headers) {
        List<Entry> rest = headers == null ? List.of() : headers.stream().filter(header -> !header.isNamed(name)).toList();
        return rest.isEmpty() ? null : rest;
    }

    private static Rewrite withPath(String path, Rewrite rewrite) {
        return new Rewrite(Text.of(path), rewrite.headers(), rewrite.args(), rewrite.respHeaders(), rewrite.body());
    }
}
