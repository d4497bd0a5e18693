// SPDX-License-Identifier: Apache-2.0
package a6runner.spi;

import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/**
 * A PREPARE_CONF call: plugins' names and values, and the key that names the conf (APISIX.md §4). They are decoded already, so they may be read and kept
 * beyond the call's end.
 */
@ProviderType
public interface PrepareCall extends Call {

    /** One plugin of a conf. */
    record Entry(String name, String value) {

        /** By hand: what the compiler makes is linked when it is first called, which takes milliseconds, here on an event loop. */
        @Override
        public boolean equals(Object other) {
            return other instanceof Entry entry && name.equals(entry.name) && value.equals(entry.value);
        }

        @Override
        public int hashCode() {
            return 31 * name.hashCode() + value.hashCode();
        }
    }

    /** The conf's entries in execution order, maybe none; both parts are never null. */
    List<Entry> conf();

    /** The conf's key, "" if there is none. */
    String key();

    /** Answers with a token, as the 32 bits it is; it is written and flushed when this returns. On the loop. */
    void answer(int token);
}
