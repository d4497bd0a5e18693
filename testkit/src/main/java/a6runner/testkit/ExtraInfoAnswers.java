// SPDX-License-Identifier: Apache-2.0
package a6runner.testkit;

import java.util.Map;
import java.util.TreeMap;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * What APISIX would answer to a runner's questions. Immutable but for the arrays in it; any thread. The rules of APISIX.md §6 hold whatever is given:
 * a request body of no bytes is none, a response body is there in the response phase only, and only once.
 */
public final class ExtraInfoAnswers implements ExtraInfoSource {

    private static final ExtraInfoAnswers NONE = new ExtraInfoAnswers(Map.of(), null, null);

    private final Map<String, byte[]> vars;
    private final byte[] requestBody;
    private final byte[] responseBody;

    private ExtraInfoAnswers(Map<String, byte[]> vars, byte[] requestBody, byte[] responseBody) {
        this.vars = vars;
        this.requestBody = requestBody;
        this.responseBody = responseBody;
    }

    /** Nothing is known: every question gets an answer without result. */
    public static ExtraInfoAnswers none() {
        return NONE;
    }

    /** The same with a variable more; an empty value is a variable that is set but empty. */
    public ExtraInfoAnswers withVar(String name, String value) {
        return withVar(name, value.getBytes(UTF_8));
    }

    /** The same with a variable more, its value any bytes. */
    public ExtraInfoAnswers withVar(String name, byte[] value) {
        Map<String, byte[]> more = new TreeMap<>(vars);
        more.put(name, value);
        return new ExtraInfoAnswers(more, requestBody, responseBody);
    }

    /** The same with a request body, null for none. */
    public ExtraInfoAnswers withRequestBody(byte[] body) {
        return new ExtraInfoAnswers(vars, body, responseBody);
    }

    /** The same with a body of the upstream's answer, null for no result. */
    public ExtraInfoAnswers withResponseBody(byte[] body) {
        return new ExtraInfoAnswers(vars, requestBody, body);
    }

    @Override
    public byte[] var(String name) {
        return vars.get(name);
    }

    @Override
    public byte[] requestBody() {
        return requestBody == null || requestBody.length == 0 ? null : requestBody;
    }

    @Override
    public byte[] responseBody() {
        return responseBody;
    }
}
