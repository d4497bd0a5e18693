// SPDX-License-Identifier: Apache-2.0
package a6runner.benchmarks.canned;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * What to say in every call, as a runner said it once: the questions that it asked, and its answer. Immutable.
 *
 * @param questions whole EXTRA_INFO frames, one after the other
 * @param count how many they are
 * @param answer a whole frame
 * @param idAt where in it the id is
 */
record Answers(byte[] questions, int count, byte[] answer, int idAt) {

    private static final int HEADER = 4;
    private static final int EXTRA_INFO = 3;

    static Answers read(Path file) throws IOException {
        try {
            return of(Files.readAllBytes(file));
        } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
            throw new IOException(file + ": these are not the frames of one call", e);
        }
    }

    /** Of frames one after the other, the last of which is the answer. */
    static Answers of(byte[] bytes) {
        int at = 0;
        int count = 0;
        while (bytes[at] == EXTRA_INFO) {
            at += HEADER + length(bytes, at);
            count++;
        }
        byte[] answer = Arrays.copyOfRange(bytes, at, bytes.length);
        if (answer.length != HEADER + length(answer, 0)) {
            throw new IllegalArgumentException("after the answer there are " + (answer.length - HEADER - length(answer, 0)) + " more bytes");
        }
        return new Answers(Arrays.copyOf(bytes, at), count, answer, HEADER + idField(answer));
    }

    private static int length(byte[] bytes, int frame) {
        return (bytes[frame + 1] & 0xFF) << 16 | (bytes[frame + 2] & 0xFF) << 8 | bytes[frame + 3] & 0xFF;
    }

    /** Where in the payload the first field of the root table is: in every answer that is the id. */
    private static int idField(byte[] frame) {
        int root = int32(frame, HEADER);
        int vtable = root - int32(frame, HEADER + root);
        return root + (frame[HEADER + vtable + 4] & 0xFF | (frame[HEADER + vtable + 5] & 0xFF) << 8);
    }

    private static int int32(byte[] bytes, int at) {
        return bytes[at] & 0xFF | (bytes[at + 1] & 0xFF) << 8 | (bytes[at + 2] & 0xFF) << 16 | bytes[at + 3] << 24;
    }
}
