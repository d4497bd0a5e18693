// SPDX-License-Identifier: Apache-2.0
package a6runner.runner.plugin;

import org.osgi.framework.Version;
import org.osgi.framework.VersionRange;

/**
 * A conf's name for a plugin that says which versions of it are meant: {@code jwt@[1.0,2.0)}, a version range as OSGi writes it, or {@code jwt@1.2}, which means
 * all versions that begin so. The latter isn't OSGi's "1.2 or higher", which would pin nothing (docs/decisions/0082).
 *
 * @param plugin the plugin's name
 * @param versions the versions that are meant
 */
record VersionPin(String plugin, VersionRange versions) {

    /** Stands between a plugin's name and its version. */
    private static final char AT = '@';

    /** Whether a conf's name can be one. */
    static boolean isMeantBy(String name) {
        return name.lastIndexOf(AT) > 0;
    }

    /** The plugin's name in a conf's name for it. */
    static String plugin(String name) {
        int at = name.lastIndexOf(AT);
        return at > 0 ? name.substring(0, at) : name;
    }

    /**
     * Reads a conf's name that has an @ in it.
     *
     * @throws IllegalArgumentException if what stands behind it is no version and no range; the message is a sentence for the operator
     */
    static VersionPin of(String name) {
        int at = name.lastIndexOf(AT);
        String range = name.substring(at + 1).strip();
        try {
            return new VersionPin(name.substring(0, at), range.startsWith("[") || range.startsWith("(") ? VersionRange.valueOf(range) : beginningWith(range));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("\"" + range + "\" is neither a version, such as 1.2, nor a range of versions, such as [1.0,2.0)", e);
        }
    }

    private static VersionRange beginningWith(String text) {
        if (text.isEmpty()) {
            throw new IllegalArgumentException("empty");
        }
        Version least = Version.parseVersion(text);
        String[] parts = text.split("\\.", -1);
        Version next = switch (parts.length) {
            case 1 -> new Version(least.getMajor() + 1, 0, 0);
            case 2 -> new Version(least.getMajor(), least.getMinor() + 1, 0);
            case 3 -> new Version(least.getMajor(), least.getMinor(), least.getMicro() + 1);
            default -> least;
        };
        return new VersionRange(VersionRange.LEFT_CLOSED, least, next, next.equals(least) ? VersionRange.RIGHT_CLOSED : VersionRange.RIGHT_OPEN);
    }
}
