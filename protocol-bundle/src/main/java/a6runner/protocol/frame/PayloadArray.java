// SPDX-License-Identifier: Apache-2.0
package a6runner.protocol.frame;

import java.util.Arrays;

/**
 * How the array of a payload grows while it comes: a frame that is only announced costs next to nothing, and one that really comes is not copied over and
 * over. Beyond {@link #HEAD} bytes the array is made for the whole payload at once; for a long one that is what was set aside in {@link FrameMemory}.
 */
final class PayloadArray {

    /** When so many bytes have come, the rest is believed. */
    static final int HEAD = 8 * 1024;

    private static final int FIRST = 2 * 1024;

    private PayloadArray() {}

    /**
     * The array, or a longer one with the same bytes.
     *
     * @param needed how many bytes will have come, up to {@code length}
     * @param length of the whole payload
     */
    static byte[] withRoom(byte[] bytes, int needed, int length) {
        if (needed <= bytes.length) {
            return bytes;
        }
        int size = needed <= FIRST ? FIRST : needed <= HEAD ? HEAD : length;
        return Arrays.copyOf(bytes, size);
    }
}
