// SPDX-License-Identifier: Apache-2.0
package a6runner.protocol.takeover;

/**
 * What two runners say to each other first.
 *
 * @param format the version of {@link HandOverFormat} that is spoken; of another one, nothing but this can be understood
 * @param pid as its own process sees it; another container may see another one
 * @param managed whether APISIX started it
 * @param leaving whether it has been told to stop
 * @param tokenParity which tokens it makes
 */
public record Hello(int format, long pid, boolean managed, boolean leaving, int tokenParity) {

    /** The version that is spoken here. */
    public static final int FORMAT = HandOverFormat.VERSION;

    /** Whether what follows can be understood. */
    boolean fits() {
        return format == HandOverFormat.VERSION;
    }
}
