// SPDX-License-Identifier: Apache-2.0
package a6runner.testkit.gateway;

import java.util.List;

/** A routes file that can't be used, with everything that is wrong with it. */
public final class RoutesFileException extends Exception {

    private static final long serialVersionUID = 1L;

    private final transient List<String> problems;

    RoutesFileException(List<String> problems) {
        super(String.join("\n", problems));
        this.problems = List.copyOf(problems);
    }

    /** A line each: {@code FILE:LINE: what is wrong (expected: …)}. */
    public List<String> problems() {
        return problems;
    }
}
