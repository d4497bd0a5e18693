// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer.leaks;

import a6runner.deployer.leaks.Search.Found;
import java.lang.management.ManagementFactory;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import javax.management.InstanceNotFoundException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleReference;

/**
 * Knows where to look for what holds a class loader: threads (their own classes, tasks, thread locals, context class loaders, timers' and pools' queues), shutdown
 * hooks, JDBC drivers, management beans, and what other plugins keep of it, such as a service.
 *
 * <p>Any thread that may take some tens of milliseconds.
 */
final class Holders {

    /** What lets us look into the JDK's threads; the launcher's manifest says it. */
    static final String FLAG = "--add-opens java.base/java.lang=ALL-UNNAMED";
    private static final int MAX_SENTENCES = 5;

    private Holders() {}

    /** Sentences that name what holds a loader, the likeliest first; empty if nothing is found. {@code plugins} tells which bundles are plugins. */
    static List<String> of(ClassLoader loader, Predicate<Bundle> plugins) {
        Set<String> found = new LinkedHashSet<>();
        Search search = new Search(loader, plugins);
        beans(loader, found);
        for (Object driver : drivers()) {
            Found driven = search.from(driver);
            add(found, driven == null ? null : "the JDBC driver " + driven.className() + " is registered: deregister it (DriverManager.deregisterDriver)");
        }
        Collection<Thread> hooks = hooks();
        for (Thread hook : hooks) {
            add(found, hook(hook, search.from(hook)));
        }
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread != Thread.currentThread() && !hooks.contains(thread)) {
                add(found, thread(thread, search.from(thread)));
            }
        }
        return found.isEmpty() && search.isClosed() ? List.of("unknown; threads could only be looked at from outside (start the runner with " + FLAG + ")")
                : found.stream().limit(MAX_SENTENCES).toList();
    }

    private static void add(Set<String> found, String sentence) {
        if (sentence != null) {
            found.add(sentence);
        }
    }

    private static String thread(Thread thread, Found found) {
        if (found == null) {
            return null;
        }
        if (found.owner() != null) { // Whatever the thread: the core's lead to each plugin that serves.
            return plugin(found.owner()) + " holds " + what(found) + " in " + String.join(".", found.path()) + " of its " + found.owner().getName()
                    + ": have it forget the service when that goes";
        }
        String name = "the thread \"" + thread.getName() + "\"";
        List<String> path = found.path();
        if (path.equals(List.of("contextClassLoader"))) {
            return name + " has its class loader as context class loader: set it back after use (Thread.setContextClassLoader)";
        }
        if (!path.isEmpty() && path.get(0).matches("threadLocals|inheritableThreadLocals")) {
            return "a ThreadLocal of " + name + " holds " + what(found) + ": remove it in the end (ThreadLocal.remove)";
        }
        if (thread.getClass().getName().equals("java.util.TimerThread")) {
            return "the timer \"" + thread.getName() + "\" has a task of " + what(found) + ": cancel it in the method with @Deactivate (Timer.cancel)";
        }
        if (path.isEmpty() || path.equals(List.of("target")) || path.equals(List.of("holder", "task"))) {
            return name + " runs " + what(found) + ": end it in the method with @Deactivate";
        }
        return name + " holds " + what(found) + " in " + String.join(".", path) + ": end it, or its pool, in the method with @Deactivate";
    }

    private static String plugin(Class<?> owner) {
        Bundle bundle = ((BundleReference) owner.getClassLoader()).getBundle();
        return "the plugin " + bundle.getSymbolicName() + " " + bundle.getVersion();
    }

    private static String hook(Thread hook, Found found) {
        return found == null ? null : "the shutdown hook \"" + hook.getName() + "\" runs " + what(found) + ": remove it in the method with @Deactivate (Runtime.removeShutdownHook)";
    }

    private static String what(Found found) {
        return found.isLoader() ? "its class loader" : found.className();
    }

    private static Collection<Thread> hooks() {
        Object hooks = constant("java.lang.ApplicationShutdownHooks", "hooks");
        List<Thread> threads = new ArrayList<>();
        if (hooks instanceof Map<?, ?> map) {
            map.keySet().forEach(key -> threads.add((Thread) key));
        }
        return threads;
    }

    private static Collection<?> drivers() {
        Object drivers = constant("java.sql.DriverManager", "registeredDrivers");
        return drivers instanceof Collection<?> all ? all : List.of();
    }

    /** The value of a static field; null if it can't be read. */
    private static Object constant(String className, String name) {
        try {
            Field field = Class.forName(className, true, ClassLoader.getPlatformClassLoader()).getDeclaredField(name);
            return field.trySetAccessible() ? field.get(null) : null;
        } catch (ReflectiveOperationException | LinkageError e) {
            return null;
        }
    }

    /** Whether a class was loaded by a loader; without loading anything. */
    private static boolean has(ClassLoader loader, String className) {
        try {
            Method find = ClassLoader.class.getDeclaredMethod("findLoadedClass", String.class);
            return find.trySetAccessible() && find.invoke(loader, className) instanceof Class<?> found && found.getClassLoader() == loader;
        } catch (ReflectiveOperationException e) {
            return false;
        }
    }

    private static void beans(ClassLoader loader, Set<String> found) {
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        for (ObjectName name : server.queryNames(null, null)) {
            try {
                String className = server.getObjectInstance(name).getClassName();
                if (server.getClassLoaderFor(name) == loader || has(loader, className)) {
                    found.add("the management bean " + name + " is of its class " + className + ": unregister it in the method with @Deactivate (MBeanServer.unregisterMBean)");
                }
            } catch (InstanceNotFoundException e) {
                continue; // gone meanwhile
            }
        }
    }
}
