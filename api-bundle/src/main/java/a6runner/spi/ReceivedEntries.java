// SPDX-License-Identifier: Apache-2.0
package a6runner.spi;

import org.osgi.annotation.versioning.ProviderType;

/**
 * Names and values as they came, in wire order; decoded when asked. Any thread; throws {@link IllegalStateException} once the call has ended, and
 * {@link IndexOutOfBoundsException} for an index that is not there.
 */
@ProviderType
public interface ReceivedEntries {

    /** How many entries there are. */
    int size();

    /** The name of an entry, "" if it has none. */
    String name(int index);

    /** The value of an entry, null if it has none. */
    String value(int index);

    /** Whether an entry has this name, as {@link #find} compares. Makes no garbage. */
    boolean named(int index, String name, boolean ignoreCase);

    /**
     * The first entry of a name at or after {@code from}, or -1. Makes no garbage.
     *
     * @param ignoreCase whether ASCII letters match in either case
     */
    int find(String name, int from, boolean ignoreCase);
}
