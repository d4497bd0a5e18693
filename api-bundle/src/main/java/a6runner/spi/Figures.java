// SPDX-License-Identifier: Apache-2.0
package a6runner.spi;

import java.util.Map;
import org.osgi.annotation.versioning.ConsumerType;

/** What a bundle adds to the shell's {@code stats}: a service of whoever counts something. Any thread; never blocks. */
@ConsumerType
@FunctionalInterface
public interface Figures {

    /** Counts by what they count, in lower case words; in a fixed order. */
    Map<String, Long> figures();
}
