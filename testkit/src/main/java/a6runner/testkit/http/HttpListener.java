// SPDX-License-Identifier: Apache-2.0
package a6runner.testkit.http;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Accepts connections on a port, and gives each a thread of its own. Close it: it closes its connections. */
public final class HttpListener implements AutoCloseable {

    private static final int BACKLOG = 511;
    private static final int LINGER_MILLIS = 1000;
    private static final int LINGER_BYTES = 1 << 20;

    /** What is done on one connection, from its beginning to its end; runs on the connection's thread. */
    @FunctionalInterface
    public interface Connection {
        /** Serves the connection; it is closed afterwards, whatever is thrown. */
        void serve(Socket socket) throws IOException;
    }

    private final ServerSocket server;
    private final Connection connection;
    private final String name;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();

    /** Binds the port, 0 for any; throws {@link java.net.BindException} if it is taken. Nobody is served before {@link #start}. */
    public HttpListener(String name, InetAddress address, int port, Connection connection) throws IOException {
        this.name = name;
        this.connection = connection;
        server = new ServerSocket();
        try {
            server.setReuseAddress(true);
            server.bind(new InetSocketAddress(address, port), BACKLOG);
        } catch (IOException e) {
            server.close();
            throw e;
        }
    }

    /** Begins to accept. */
    public void start() {
        thread(name, () -> {
            while (!server.isClosed()) {
                try {
                    Socket socket = server.accept();
                    open.add(socket);
                    thread(name + "-connection", () -> serve(socket));
                } catch (IOException e) {
                    Thread.onSpinWait(); // closed, or out of file descriptors: one of the connections will end
                }
            }
        });
    }

    /** The port that it has been given. */
    public int port() {
        return server.getLocalPort();
    }

    private void serve(Socket socket) throws IOException {
        try (socket) {
            socket.setTcpNoDelay(true);
            connection.serve(socket);
            linger(socket);
        } finally {
            open.remove(socket);
        }
    }

    /** Closing with bytes unread would reset the connection, and the client might lose its answer. */
    private static void linger(Socket socket) throws IOException {
        socket.shutdownOutput();
        socket.setSoTimeout(LINGER_MILLIS);
        byte[] ignored = new byte[8192];
        int left = LINGER_BYTES;
        for (int n = socket.getInputStream().read(ignored); n >= 0 && left > 0; n = socket.getInputStream().read(ignored)) {
            left -= n;
        }
    }

    private interface Task {
        void run() throws IOException;
    }

    private static void thread(String name, Task task) {
        Thread thread = new Thread(() -> {
            try {
                task.run();
            } catch (SocketException e) {
                return; // closed, by us or by the other side
            } catch (IOException | UncheckedIOException e) {
                return; // the other side is at fault, and has been told if it could be
            }
        }, name);
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : open) {
            socket.close();
        }
    }
}
