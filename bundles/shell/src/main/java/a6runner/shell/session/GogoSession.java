// SPDX-License-Identifier: Apache-2.0
package a6runner.shell.session;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channel;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import org.apache.felix.gogo.runtime.CommandProcessorImpl;
import org.apache.felix.gogo.runtime.CommandSessionImpl;

/**
 * A Gogo session whose streams outlive an interrupted command. Gogo's own puts the JDK's interruptible channels around them: these close for good when Ctrl-C
 * meets a command that is writing or reading, and no later command of the session could show anything.
 */
final class GogoSession extends CommandSessionImpl {

    GogoSession(CommandProcessorImpl processor, InputStream in, OutputStream out, OutputStream err) {
        super(processor, in, out, err);
        Channel output = new Output(out);
        channels = new Channel[] {new Input(in), output, err == out ? output : new Output(err)};
    }

    /** Closed never: the stream is the client's, not a command's. */
    private record Input(InputStream in) implements ReadableByteChannel {

        @Override
        public int read(ByteBuffer into) throws IOException {
            byte[] bytes = new byte[into.remaining()];
            int length = in.read(bytes);
            if (length > 0) {
                into.put(bytes, 0, length);
            }
            return length;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {
            // not ours
        }
    }

    /** Closed never, as the input. */
    private record Output(OutputStream out) implements WritableByteChannel {

        @Override
        public int write(ByteBuffer from) throws IOException {
            byte[] bytes = new byte[from.remaining()];
            from.get(bytes);
            out.write(bytes);
            out.flush();
            return bytes.length;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {
            // not ours
        }
    }
}
