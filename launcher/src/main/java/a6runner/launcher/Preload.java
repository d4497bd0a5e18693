// SPDX-License-Identifier: Apache-2.0
package a6runner.launcher;

import a6runner.launcher.log.OsgiLog;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.text.DecimalFormatSymbols;
import javax.xml.parsers.ParserConfigurationException;
import javax.xml.parsers.SAXParserFactory;
import org.slf4j.LoggerFactory;
import org.xml.sax.SAXException;
import org.xml.sax.helpers.DefaultHandler;

/**
 * Gets ready what is needed a little later, on threads of its own while the main thread goes its way: the framework's classes, the parser of component
 * descriptions, logging, the socket's native library. Whoever needs one of them before it is there waits for it, as for any class that is being initialized.
 *
 * <p>It changes nothing but the start's length: what is missing here, or fails here, is met by those who need it, and told by them.
 */
final class Preload {

    /** Costly classes of the framework, in the order in which they are needed. They are known by name alone, for most of them are the framework's own affair. */
    private static final String[] FRAMEWORK = {
        "org.apache.felix.framework.Felix",
        "org.apache.felix.framework.ExtensionManager",
        "org.apache.felix.framework.util.Util",
        "org.apache.felix.framework.BundleImpl",
        "org.apache.felix.framework.BundleWiringImpl",
    };
    /** The same of Netty. */
    private static final String[] SOCKET = {
        "io.netty.channel.epoll.Epoll",
        "io.netty.channel.MultiThreadIoEventLoopGroup",
        "io.netty.channel.epoll.EpollIoHandler",
        "io.netty.channel.epoll.EpollServerDomainSocketChannel",
        "io.netty.channel.epoll.EpollDomainSocketChannel",
    };

    private Preload() {
    }

    /** Begins with the framework, and with what Declarative Services and the deployer need of the JDK; returns at once. */
    static void framework() {
        begin("framework", () -> {
            initialize(FRAMEWORK);
            try {
                DecimalFormatSymbols.getInstance();
                SAXParserFactory.newInstance().newSAXParser().parse(new ByteArrayInputStream("<a b=\"c\"/>".getBytes(StandardCharsets.UTF_8)), new DefaultHandler());
                MessageDigest.getInstance("SHA-256");
                URLConnection.getFileNameMap().getContentTypeFor("a.xml"); // which Felix's connections ask, and which reads a list
            } catch (ParserConfigurationException | SAXException | IOException | GeneralSecurityException e) {
                return; // The JDK lacks it.
            }
        });
    }

    /** Begins with logging, which has to be set up by now, and with the socket; returns at once. */
    static void socket() {
        begin("socket", () -> {
            LoggerFactory.getILoggerFactory();
            new OsgiLog(bundle -> false).getLogger(Preload.class); // The class behind it is made.
            initialize(SOCKET);
        });
    }

    private static void begin(String name, Runnable work) {
        Thread thread = new Thread(work, "a6runner-preload-" + name);
        thread.setDaemon(true);
        thread.start();
    }

    private static void initialize(String[] names) {
        for (String name : names) {
            try {
                Class.forName(name);
            } catch (ClassNotFoundException | LinkageError e) {
                continue; // Not on our class path, or not for this machine.
            }
        }
    }
}
