// SPDX-License-Identifier: Apache-2.0
package a6runner.testkit;

import java.time.Duration;
import java.util.List;

/**
 * One call, as the client saw it.
 *
 * @param reply what came at the end
 * @param questions what the runner asked before, in order
 * @param took from before the first byte sent to after the last byte received
 */
public record CallResult(Reply reply, List<Question> questions, Duration took) {}
