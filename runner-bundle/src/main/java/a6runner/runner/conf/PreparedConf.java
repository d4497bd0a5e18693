// SPDX-License-Identifier: Apache-2.0
package a6runner.runner.conf;

/**
 * A conf that APISIX has sent and holds a token for. Immutable but for being superseded; any thread. What each call needs of it is not here but in the
 * {@link ConfTable}, closer together.
 */
public final class PreparedConf {

    private final int token;
    private final String key;
    private final ConfContent content;
    private final int placeHash;
    private final int created; // seconds in 32 bits, which last until 2106: there are many confs
    private volatile boolean superseded;

    PreparedConf(int token, String key, ConfContent content, long nowSeconds) {
        this.token = token;
        this.key = key;
        this.content = content;
        this.placeHash = key.substring(0, placeLength()).hashCode();
        this.created = (int) nowSeconds;
    }

    /** The token, as the 32 bits it is. */
    public int token() {
        return token;
    }

    /** The key by which APISIX names the conf, such as {@code route#1#ext-plugin-pre-req#42} (APISIX.md §4). */
    public String key() {
        return key;
    }

    /** What it says. */
    public ConfContent content() {
        return content;
    }

    /** When it came, in seconds of the table's clock. */
    public long created() {
        return Integer.toUnsignedLong(created);
    }

    /** Whether a newer conf has come for the same route and phase. */
    public boolean superseded() {
        return superseded;
    }

    void supersede() {
        superseded = true;
    }

    /** How much of the key names route and phase: all but the version that stands behind its last '#'. */
    private int placeLength() {
        int version = key.lastIndexOf('#');
        return version < 0 ? key.length() : version;
    }

    int placeHash() {
        return placeHash;
    }

    /** Whether both are of the same route and phase. */
    boolean hasPlaceOf(PreparedConf other) {
        int length = placeLength();
        return placeHash == other.placeHash && length == other.placeLength() && key.regionMatches(0, other.key, 0, length);
    }

    @Override
    public String toString() {
        return key + " (token " + Integer.toUnsignedString(token) + ")";
    }
}
