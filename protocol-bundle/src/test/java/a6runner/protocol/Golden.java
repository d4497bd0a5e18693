// SPDX-License-Identifier: Apache-2.0
package a6runner.protocol;

import a6runner.testkit.golden.GoldenFrame;
import a6runner.testkit.golden.GoldenScenarios;
import java.util.List;

/** The frames that a real APISIX sent, read once. */
public final class Golden {

    private static final List<GoldenFrame> REQUESTS = GoldenScenarios.load().stream()
            .flatMap(scenario -> scenario.frames().stream())
            .filter(frame -> frame.toRunner() && frame.bytes() != null)
            .toList();

    private Golden() {}

    /** All of them. */
    public static List<GoldenFrame> requests() {
        return REQUESTS;
    }

    /** Those of a type, such as {@code HTTPReqCall.Req}. */
    public static List<GoldenFrame> requests(String message) {
        return REQUESTS.stream().filter(frame -> message.equals(frame.message())).toList();
    }
}
