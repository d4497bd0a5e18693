// SPDX-License-Identifier: Apache-2.0
package a6runner.launcher.doctor;

import java.io.IOException;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/**
 * Asks who listens at a socket something that a plugin runner answers at once and that changes nothing there: a call by a token that it has given to nobody.
 * Any runner of APISIX answers with an error frame (APISIX.md §3); what answers otherwise, or not at all, is none.
 */
final class A6Probe {

    /** What came of it. */
    enum Answer { RUNNER, FOREIGN, SILENT, REFUSED, NOT_ALLOWED, BUSY }

    private static final long WAIT_MILLIS = 3_000;
    private static final int HEADER_BYTES = 4;
    private static final int LAST_TYPE = 4;

    /** An HTTP_REQ_CALL (type 2, 12 bytes) of an A6.HTTPReqCall.Req without fields: offset of the table; its vtable, which has nothing but its two lengths; the table. */
    private static final byte[] CALL = {2, 0, 0, 12, 8, 0, 0, 0, 4, 0, 4, 0, 4, 0, 0, 0};

    private A6Probe() {
    }

    static Answer ask(Path socket) {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX); Selector selector = Selector.open()) {
            channel.configureBlocking(false);
            channel.connect(UnixDomainSocketAddress.of(socket));
            channel.register(selector, SelectionKey.OP_READ);
            channel.write(ByteBuffer.wrap(CALL));
            ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
            long end = System.nanoTime() + WAIT_MILLIS * 1_000_000;
            while (header.hasRemaining()) {
                long left = (end - System.nanoTime()) / 1_000_000;
                if (left <= 0 || selector.select(left) == 0) {
                    return header.position() == 0 ? Answer.SILENT : Answer.FOREIGN;
                }
                selector.selectedKeys().clear();
                if (channel.read(header) < 0) {
                    return Answer.FOREIGN;
                }
            }
            return header.get(0) >= 0 && header.get(0) <= LAST_TYPE && header.get(1) == 0 ? Answer.RUNNER : Answer.FOREIGN;
        } catch (SocketException e) { // the JDK tells them apart by their texts alone
            String text = String.valueOf(e.getMessage());
            return text.contains("refused") ? Answer.REFUSED : text.contains("ermission denied") ? Answer.NOT_ALLOWED
                    : text.contains("temporarily unavailable") ? Answer.BUSY : Answer.FOREIGN;
        } catch (IOException e) {
            return Answer.FOREIGN;
        }
    }
}
