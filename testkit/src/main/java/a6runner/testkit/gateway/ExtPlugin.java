// SPDX-License-Identifier: Apache-2.0
package a6runner.testkit.gateway;

import a6runner.testkit.text.Printable;
import a6runner.testkit.wire.Entry;
import java.util.List;

import static java.util.stream.Collectors.joining;

/**
 * One {@code ext-plugin-…} of a route.
 *
 * @param conf plugins' names and values in execution order; null if there is none
 * @param allowDegradation whether a request goes on when the runner fails it
 */
public record ExtPlugin(Phase phase, List<Entry> conf, boolean allowDegradation) {

    /** The plugins' names, safe for a terminal. */
    public String names() {
        return conf == null ? "(no plugin)" : conf.stream().map(plugin -> Printable.line(plugin.name().bytes())).collect(joining(", "));
    }
}
