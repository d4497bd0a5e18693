// SPDX-License-Identifier: Apache-2.0
package a6runner.protocol.message;

import a6runner.spi.PrepareCall;
import a6runner.spi.ReceivedEntries;
import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/** Decodes a payload by its frame's type and asks the message for everything it has. */
final class ReadAll {

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private ReadAll() {}

    /** Reads what is in an array from index 0; the result says how many chars and bytes there were. */
    static long of(int frameType, byte[] bytes, int length) throws MessageException {
        return switch (frameType) {
            case 1 -> of(PrepareMessage.decode(bytes, length));
            case 2 -> of(new RequestMessage(bytes, length));
            case 3 -> {
                byte[] result = ExtraInfoMessage.decode(bytes, length);
                yield result == null ? 0 : result.length;
            }
            case 4 -> of(new ResponseMessage(bytes, length));
            default -> throw new IllegalArgumentException("frame type " + frameType);
        };
    }

    private static long of(PrepareMessage message) {
        long size = message.key().length();
        for (PrepareCall.Entry entry : message.conf()) {
            size += entry.name().length() + entry.value().length();
        }
        return size;
    }

    private static long of(RequestMessage message) {
        return message.id() + message.confToken() + message.method().ordinal() + message.sourceAddress().length + message.path().length()
                + of(message.args()) + of(message.headers());
    }

    private static long of(ResponseMessage message) {
        return message.id() + message.confToken() + message.status() + of(message.headers());
    }

    private static long of(ReceivedEntries entries) {
        long size = 0;
        for (int i = 0; i < entries.size(); i++) {
            String name = entries.name(i);
            String value = entries.value(i);
            size += name.length() + (value == null ? 0 : value.length());
            if (i < 64) { // each may look through all of them
                int found = entries.find(name, 0, false);
                if (found > i || found < 0 && !name.isEmpty() || !name.isEmpty() && !entries.named(i, name, true)) {
                    throw new AssertionError("entry " + i + " is not found by its name " + name);
                }
            }
        }
        return size + entries.find("no-such-name", 0, true);
    }

    /** How many bytes the calling thread has allocated so far. */
    static long allocated() {
        return THREADS.getCurrentThreadAllocatedBytes();
    }
}
