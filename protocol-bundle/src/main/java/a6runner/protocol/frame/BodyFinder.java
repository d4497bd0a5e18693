// SPDX-License-Identifier: Apache-2.0
package a6runner.protocol.frame;

/** Tells from the beginning of a long answer where its body lies, so that the body can be read into an array of its own at once. On the event loop. */
@FunctionalInterface
public interface BodyFinder {

    /**
     * A body within a payload.
     *
     * @param from index of its first byte
     * @param length in bytes, which lie within the payload
     */
    record Place(int from, int length) {}

    /**
     * The place of the body, or null if the beginning doesn't tell: then the payload is read as a whole.
     *
     * @param head the payload's first bytes, from index 0
     * @param headLength how many of them have come
     * @param length of the whole payload
     */
    Place find(byte[] head, int headLength, int length);
}
