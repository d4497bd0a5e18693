// SPDX-License-Identifier: Apache-2.0
package a6runner.testkit.golden;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/**
 * Some HTTP requests through a real APISIX, and the frames they caused.
 *
 * @param name its name, the first part of its frames' file names
 * @param description what it is about
 * @param json the scenario as the index has it: {@code plugins}, {@code http_request}, {@code http_responses}, {@code upstream_requests} …
 * @param frames in the order of their numbers
 */
public record Scenario(String name, String description, JsonNode json, List<GoldenFrame> frames) {

    /** The frames whose message has this name, such as {@code HTTPReqCall.Req}. */
    public List<GoldenFrame> frames(String message) {
        return frames.stream().filter(frame -> message.equals(frame.message())).toList();
    }

    @Override
    public String toString() {
        return name;
    }
}
