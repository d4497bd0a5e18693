// SPDX-License-Identifier: Apache-2.0
package a6runner.itests.process;

import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.DriverPropertyInfo;
import java.util.Hashtable;
import java.util.Map;
import java.util.Properties;
import java.util.Timer;
import java.util.TimerTask;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.logging.Logger;
import javax.management.ObjectName;
import javax.management.StandardMBean;
import org.apache.apisix.plugin.runner.HttpRequest;
import org.apache.apisix.plugin.runner.HttpResponse;
import org.apache.apisix.plugin.runner.filter.PluginFilter;
import org.apache.apisix.plugin.runner.filter.PluginFilterChain;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/** A plugin that leaves something behind, of the kind that its bundle's file names. */
@Component(service = PluginFilter.class)
public final class Leaky implements PluginFilter {

    /** The file of the bundle that names the kind. */
    static final String KIND_FILE = "kind";

    private static final ThreadLocal<Leaky> LOCAL = new ThreadLocal<>();

    private final String kind = read();
    private final BundleContext context;
    private Object kept; // of another's service

    @Activate
    public Leaky(BundleContext context) throws Exception {
        this.context = context;
        switch (kind) {
            case "thread" -> daemon(new Thread(() -> LockSupport.parkNanos(Long.MAX_VALUE), "leaky-poller")).start();
            case "pool" -> Executors.newFixedThreadPool(1).execute(Leaky::poll);
            case "timer" -> new Timer("leaky-timer", true).schedule(new Task(), TimeUnit.HOURS.toMillis(1));
            case "driver" -> DriverManager.registerDriver(new Nothing());
            case "bean" -> ManagementFactory.getPlatformMBeanServer().registerMBean(new StandardMBean(new Bean(), Counts.class), new ObjectName("leaky:type=Bean"));
            case "hook" -> Runtime.getRuntime().addShutdownHook(new Thread(() -> {}, "leaky-hook"));
            case "service" -> context.registerService(Supplier.class, () -> this, new Hashtable<>(Map.of("leaky", true)));
            default -> { }
        }
    }

    private static String read() {
        try (InputStream in = Leaky.class.getResourceAsStream("/" + KIND_FILE)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void poll() {
        Thread.currentThread().setName("leaky-pool");
        while (!Thread.currentThread().isInterrupted()) {
            LockSupport.parkNanos(Long.MAX_VALUE);
        }
    }

    private static Thread daemon(Thread thread) {
        thread.setDaemon(true);
        return thread;
    }

    @Override
    public String name() {
        return "leaky-" + kind;
    }

    @Override
    public void filter(HttpRequest request, HttpResponse response, PluginFilterChain chain) {
        switch (kind) {
            case "local" -> LOCAL.set(this);
            case "context" -> Thread.currentThread().setContextClassLoader(Leaky.class.getClassLoader());
            case "keeper" -> keep();
            default -> { }
        }
        chain.filter(request, response);
    }

    private void keep() {
        try {
            for (ServiceReference<?> reference : context.getServiceReferences(Supplier.class, "(leaky=true)")) {
                kept = context.getService(reference);
            }
        } catch (InvalidSyntaxException e) {
            throw new IllegalStateException(e);
        }
        if (kept == null) {
            throw new IllegalStateException("there is no service to keep");
        }
    }

    private static final class Task extends TimerTask {

        @Override
        public void run() {
            throw new IllegalStateException("never");
        }
    }

    /** What the management bean shows. */
    public interface Counts {
        int getCount();
    }

    /** The management bean. */
    public static final class Bean implements Counts {

        @Override
        public int getCount() {
            return 1;
        }
    }

    private static final class Nothing implements Driver {

        @Override
        public Connection connect(String url, Properties info) {
            return null;
        }

        @Override
        public boolean acceptsURL(String url) {
            return false;
        }

        @Override
        public DriverPropertyInfo[] getPropertyInfo(String url, Properties info) {
            return new DriverPropertyInfo[0];
        }

        @Override
        public int getMajorVersion() {
            return 1;
        }

        @Override
        public int getMinorVersion() {
            return 0;
        }

        @Override
        public boolean jdbcCompliant() {
            return false;
        }

        @Override
        public Logger getParentLogger() {
            return null;
        }
    }
}
