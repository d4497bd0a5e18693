// SPDX-License-Identifier: Apache-2.0
package a6runner.testkit;

import a6runner.testkit.wire.ExtraInfo;
import a6runner.testkit.wire.Text;
import java.util.Arrays;
import java.util.Objects;

/**
 * What a runner asked within a call, and what it got (ExtraInfo, APISIX.md §6).
 *
 * @param infoType {@link ExtraInfo#VAR}, {@link ExtraInfo#REQ_BODY} or {@link ExtraInfo#RESP_BODY}
 * @param name the variable's name, null for a body
 * @param answer null if there was no result
 */
public record Question(int infoType, Text name, byte[] answer) {

    /** What was asked for: {@code var NAME}, {@code request body} or {@code response body}. */
    public String subject() {
        return switch (infoType) {
            case ExtraInfo.VAR -> "var " + name;
            case ExtraInfo.REQ_BODY -> "request body";
            default -> "response body";
        };
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Question question && infoType == question.infoType && Objects.equals(name, question.name)
                && Arrays.equals(answer, question.answer);
    }

    @Override
    public int hashCode() {
        return Objects.hash(infoType, name, Arrays.hashCode(answer));
    }

    @Override
    public String toString() {
        return subject() + (answer == null ? ": no result" : ": " + answer.length + " bytes");
    }
}
