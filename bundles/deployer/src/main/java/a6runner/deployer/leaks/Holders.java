// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer.leaks;

import a6runner.deployer.leaks.Search.Found;
import java.lang.management.ManagementFactory;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
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
        beans(loader, search, found);
        for (Object driver : drivers()) {
            Found driven = search.from(driver);
            add(found, driven == null ? null : "the JDBC driver " + driven.className() + " is registered: deregister it (DriverManager.deregisterDriver)");
        }
        Collection<Thread> hooks = hooks();
        for (Thread hook : hooks) {
            add(found, hook(hook, search.from(hook)));
        }
        Map<Thread, StackTraceElement[]> threads = Thread.getAllStackTraces();
        for (Thread thread : threads.keySet()) {
            if (thread != Thread.currentThread() && hooks.stream().noneMatch(hook -> hook == thread)) { // Its equals may be a plugin's.
                add(found, thread(thread, search.from(thread)));
            }
        }
        if (found.isEmpty()) {
            stacks(loader, threads, found);
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
            return plugin(found);
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
        if (path.get(0).equals("inheritedAccessControlContext")) { // Java 17 notes there whose code has made a thread.
            return name + " was started by it: end it, or its pool, in the method with @Deactivate";
        }
        return name + " holds " + what(found) + " in " + String.join(".", path) + ": end it, or its pool, in the method with @Deactivate";
    }

    private static String plugin(Found found) {
        Bundle bundle = ((BundleReference) found.owner().getClassLoader()).getBundle();
        return "the plugin " + bundle.getSymbolicName() + " " + bundle.getVersion() + " holds " + what(found) + " in " + String.join(".", found.path()) + " of its "
                + found.owner().getName() + ": have it forget the service when that goes";
    }

    /**
     * Threads that are in its code, which is all that leads to what a pool's thread runs. Stacks tell classes by name only, and a later version may have the same: so
     * the runner's own threads, in which that serves, are left out.
     */
    private static void stacks(ClassLoader loader, Map<Thread, StackTraceElement[]> threads, Set<String> found) {
        Map<String, Boolean> known = new HashMap<>();
        threads.forEach((thread, stack) -> {
            if (!thread.getName().startsWith("a6runner-")) {
                Stream.of(stack).filter(frame -> known.computeIfAbsent(frame.getClassName(), name -> has(loader, name))).findFirst()
                        .ifPresent(frame -> add(found, "the thread \"" + thread.getName() + "\" is probably in its " + frame.getClassName() + "." + frame.getMethodName()
                                + ": end it, or its pool, in the method with @Deactivate"));
            }
        });
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

    /** Beans are looked at as they stand in the JDK's table: its own methods ask some for their description, which is a plugin's code. */
    private static void beans(ClassLoader loader, Search search, Set<String> found) {
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        Object table = value(value(server, "mbsInterceptor"), "repository");
        for (ObjectName name : server.queryNames(null, null)) {
            try {
                if (table == null) {
                    add(found, server.getClassLoaderFor(name) == loader ? bean(name, "is of a class of it") : null);
                } else {
                    Method retrieve = table.getClass().getMethod("retrieve", ObjectName.class);
                    add(found, retrieve.trySetAccessible() ? bean(name, search.from(retrieve.invoke(table, name))) : null);
                }
            } catch (InstanceNotFoundException e) {
                continue; // gone meanwhile
            } catch (ReflectiveOperationException e) {
                return; // another JDK's table
            }
        }
    }

    private static String bean(ObjectName name, Found found) {
        if (found == null) {
            return null;
        }
        if (found.owner() != null) {
            return plugin(found);
        }
        boolean itself = List.of("", "resource", "mbean.resource").contains(String.join(".", found.path()));
        return bean(name, itself ? "is of its class " + found.className() : "holds " + what(found) + " in " + String.join(".", found.path()));
    }

    private static String bean(ObjectName name, String is) {
        return "the management bean " + name + " " + is + ": unregister it in the method with @Deactivate (MBeanServer.unregisterMBean)";
    }

    /** The value of an object's field; null if it can't be read. */
    private static Object value(Object object, String name) {
        try {
            Field field = object == null ? null : object.getClass().getDeclaredField(name);
            return field != null && field.trySetAccessible() ? field.get(object) : null;
        } catch (ReflectiveOperationException e) {
            return null;
        }
    }
}
