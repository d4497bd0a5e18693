// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer;

import java.nio.file.Path;
import java.util.Comparator;

/**
 * What a file of the deploy folder held when it was complete.
 *
 * @param file the file's name in the deploy folder
 * @param modified when it was last changed, in milliseconds of the epoch
 * @param sha256 its identity
 * @param jar our copy of it
 * @param facts what its manifest says
 */
record Content(String file, long modified, String sha256, Path jar, BundleFile facts) {

    /** Of several files with one symbolic name the highest version serves; of equal versions the one that was changed last. */
    static final Comparator<Content> RANK = Comparator.comparing((Content content) -> content.facts().version())
            .thenComparingLong(Content::modified).thenComparing(Content::file);

    String symbolicName() {
        return facts.symbolicName();
    }
}
