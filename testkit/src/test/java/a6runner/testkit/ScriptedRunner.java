// SPDX-License-Identifier: Apache-2.0
package a6runner.testkit;

import a6runner.testkit.wire.Frame;
import a6runner.testkit.wire.Message;
import a6runner.testkit.wire.Message.Direction;
import a6runner.testkit.wire.PrepareConf;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/** A runner that does what a test's script says, on a socket of its own; a thread per connection. Close it. */
public final class ScriptedRunner implements AutoCloseable {

    /** What the runner does on one connection, from accept to close. */
    @FunctionalInterface
    public interface Script {
        void run(Connection connection) throws IOException;
    }

    /** The runner's end of a connection. */
    public static final class Connection {
        private final DataInputStream in;
        private final OutputStream out;

        private Connection(SocketChannel channel) {
            in = new DataInputStream(Channels.newInputStream(channel));
            out = Channels.newOutputStream(channel);
        }

        /** The next message; throws {@link EOFException} when the client has closed. */
        public Message receive() throws IOException {
            byte[] header = in.readNBytes(Frame.HEADER_LENGTH);
            if (header.length < Frame.HEADER_LENGTH) {
                throw new EOFException();
            }
            byte[] payload = in.readNBytes(Frame.announcedLength(header));
            return Message.decode(Direction.TO_RUNNER, new Frame(header[0] & 0xFF, payload));
        }

        public void send(Message message) throws IOException {
            send(message.frame().toBytes());
        }

        public void send(byte[] bytes) throws IOException {
            out.write(bytes);
            out.flush();
        }
    }

    private final Path folder;
    private final Path socket;
    private final ServerSocketChannel server;
    private final List<SocketChannel> connections = new CopyOnWriteArrayList<>();
    private final List<Throwable> faults = new CopyOnWriteArrayList<>();

    private ScriptedRunner(Script script) throws IOException {
        folder = Files.createTempDirectory("a6");
        socket = folder.resolve("s");
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(socket));
        start(() -> {
            while (true) {
                SocketChannel channel = server.accept();
                connections.add(channel);
                start(() -> {
                    try (channel) {
                        script.run(new Connection(channel));
                    }
                });
            }
        });
    }

    /** Runs the script on each connection. */
    public static ScriptedRunner each(Script script) throws IOException {
        return new ScriptedRunner(script);
    }

    /** Gives tokens, and runs the script for any other message. */
    public static ScriptedRunner answering(Function<Message, List<Message>> answers) throws IOException {
        return new ScriptedRunner(connection -> {
            while (true) {
                Message message = connection.receive();
                if (message instanceof PrepareConf.Req) {
                    connection.send(new PrepareConf.Resp(17));
                } else {
                    for (Message answer : answers.apply(message)) {
                        connection.send(answer);
                    }
                }
            }
        });
    }

    public Path socket() {
        return socket;
    }

    /** What scripts threw, but for the ends of their connections. */
    public List<Throwable> faults() {
        return faults;
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (SocketChannel connection : connections) {
            connection.close();
        }
        Files.deleteIfExists(socket);
        Files.deleteIfExists(folder);
    }

    private interface Task {
        void run() throws IOException;
    }

    private void start(Task task) {
        Thread thread = new Thread(() -> {
            try {
                task.run();
            } catch (IOException e) {
                // The connection or the server was closed: the script's end.
            } catch (RuntimeException | Error e) {
                faults.add(e);
            }
        }, "scripted-runner");
        thread.setDaemon(true);
        thread.start();
    }
}
