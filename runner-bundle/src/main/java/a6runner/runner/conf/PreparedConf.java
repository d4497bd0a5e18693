// SPDX-License-Identifier: Apache-2.0
package a6runner.runner.conf;

/** A conf that APISIX has sent and holds a token for. Any thread; what changes is read and written loosely, a second's error does no harm. */
public final class PreparedConf {

    private final int token;
    private final String key;
    private final ConfContent content;
    private final long created;
    private volatile boolean superseded;
    private long lastUsed; // benign race: seconds, written by any loop

    PreparedConf(int token, String key, ConfContent content, long nowSeconds) {
        this.token = token;
        this.key = key;
        this.content = content;
        this.created = nowSeconds;
        this.lastUsed = nowSeconds;
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

    /** A call runs by this conf. */
    public void used(long nowSeconds) {
        if (lastUsed != nowSeconds) {
            lastUsed = nowSeconds;
        }
    }

    long created() {
        return created;
    }

    /** When a call last ran by this conf, in seconds of the table's clock. */
    public long lastUsed() {
        return lastUsed;
    }

    /** Whether a newer conf has come for the same route and phase. */
    public boolean superseded() {
        return superseded;
    }

    void supersede() {
        superseded = true;
    }

    /** The key without the version that stands behind its last '#': it names route and phase. */
    String place() {
        int version = key.lastIndexOf('#');
        return version < 0 ? key : key.substring(0, version);
    }

    @Override
    public String toString() {
        return key + " (token " + Integer.toUnsignedString(token) + ")";
    }
}
