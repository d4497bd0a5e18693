// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer;

import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What a file of the deploy folder held when it was complete, with the configurations that its components ask for.
 *
 * @param file the file's name in the deploy folder
 * @param modified when it was last changed, in milliseconds of the epoch
 * @param sha256 of the file's content
 * @param jar our copy of it
 * @param facts what its manifest says
 * @param configs the configurations for its components, by key
 */
record Content(String file, long modified, String sha256, Path jar, BundleFile facts, List<ConfigFile> configs) {

    /** Of several files with one symbolic name the highest version serves; of equal versions the one that was changed last. */
    static final Comparator<Content> RANK = Comparator.comparing((Content content) -> content.facts().version())
            .thenComparingLong(Content::modified).thenComparing(Content::file);

    String symbolicName() {
        return facts.symbolicName();
    }

    /** Its identity: the same bytes with the same configurations. */
    String id() {
        return sha256 + configs.stream().map(config -> "+" + config.key() + "=" + config.sha256()).collect(Collectors.joining());
    }

    /** The same bytes with other configurations. */
    Content with(List<ConfigFile> others) {
        return new Content(file, modified, sha256, jar, facts, others);
    }
}
