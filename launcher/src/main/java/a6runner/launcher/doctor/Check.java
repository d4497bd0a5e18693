// SPDX-License-Identifier: Apache-2.0
package a6runner.launcher.doctor;

import java.util.List;

/** Looks at one thing, and changes nothing. May block for a few seconds at most. */
@FunctionalInterface
public interface Check {

    /** What it has found, at least one thing. */
    List<Finding> look();
}
