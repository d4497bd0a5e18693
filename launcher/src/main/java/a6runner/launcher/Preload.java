// SPDX-License-Identifier: Apache-2.0
package a6runner.launcher;

/**
 * Gets ready what the core needs a little later, on a thread of its own while the main thread makes the framework: logging, the socket's native library, the
 * parser of component descriptions. Whoever needs one of them before it is there waits for it, as for any class that is being initialized.
 *
 * <p>It changes nothing but the start's length: what is missing here, or fails here, is met by those who need it, and told by them.
 */
final class Preload {

    /** Costly classes, in the order in which they are needed. Of the bundles they are known by name alone. */
    private static final String[] CLASSES = {
        "javax.xml.parsers.SAXParserFactory",
        "io.netty.channel.epoll.Epoll",
        "io.netty.channel.MultiThreadIoEventLoopGroup",
        "io.netty.channel.epoll.EpollIoHandler",
        "io.netty.channel.epoll.EpollServerDomainSocketChannel",
        "io.netty.channel.epoll.EpollDomainSocketChannel",
    };

    private Preload() {
    }

    /** Begins; returns at once. */
    static void begin() {
        Thread thread = new Thread(Preload::load, "a6runner-preload");
        thread.setDaemon(true);
        thread.start();
    }

    private static void load() {
        org.slf4j.LoggerFactory.getILoggerFactory();
        for (String name : CLASSES) {
            try {
                Class.forName(name);
            } catch (ClassNotFoundException | LinkageError e) {
                continue; // Not on our class path, or not for this machine.
            }
        }
    }
}
