// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer.leaks;

import java.lang.ref.Reference;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.function.Predicate;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleReference;

/**
 * Follows references from an object, the nearest first, until it meets something of a class loader: an instance or a class of it, or the loader itself. Runs no
 * code of what it meets: it reads fields, and nothing else.
 *
 * <p>Fields that the JDK doesn't let us read are passed over, and so is what the framework and the runner hold themselves. One search at a time on one thread.
 */
final class Search {

    /** So many objects are looked at from one root. */
    private static final int MAX_OBJECTS = 20_000;
    private static final int MAX_DEPTH = 40;
    /** Whose objects lead everywhere: the framework holds each bundle, class loaders hold classes, and the table of management beans holds each of them. */
    private static final List<String> PASSED_OVER = List.of("org.apache.felix.framework.", "org.osgi.framework.", "a6runner.deployer.", "java.lang.Module",
            "java.lang.ThreadGroup", "sun.", "jdk.internal.loader.", "java.lang.reflect.", "com.sun.jmx.interceptor.", "com.sun.jmx.mbeanserver.Repository");

    /**
     * What was met.
     *
     * @param path the names of the fields that lead there, from the root, or from the owner if there is one; empty if the root itself is of the loader
     * @param className the class of what was met; empty if it is the loader itself
     * @param owner the class of the nearest object on the way that is another bundle's, a plugin's; null if there is none
     */
    record Found(List<String> path, String className, Class<?> owner) {

        boolean isLoader() {
            return className.isEmpty();
        }
    }

    private record Step(Object object, Step from, String field, int depth) {}

    private final ClassLoader loader;
    private final Predicate<Bundle> plugins;
    private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>()); // and nothing there
    private final Map<Class<?>, List<Field>> fields = new HashMap<>();
    private int looked; // from the present root
    private boolean closed; // the JDK kept fields of threads from us

    /** {@code plugins} tells which bundles are plugins. */
    Search(ClassLoader loader, Predicate<Bundle> plugins) {
        this.loader = loader;
        this.plugins = plugins;
    }

    /** Whether what the JDK's threads hold could not be read. */
    boolean isClosed() {
        return closed;
    }

    /** What of the loader is nearest to an object; null if there is nothing, or only what a search from another root has passed already. */
    Found from(Object root) {
        looked = 0;
        Queue<Step> steps = new ArrayDeque<>();
        add(steps, root, null, "");
        for (Step step = steps.poll(); step != null; step = steps.poll()) {
            Object object = step.object();
            if (isTarget(object)) {
                seen.remove(object); // Others may hold it too, and what has not been looked at yet.
                steps.forEach(left -> seen.remove(left.object()));
                return found(step, object == loader ? "" : type(object).getName().replaceAll("/0x.*", ""));
            }
            if (step.depth() < MAX_DEPTH) {
                follow(step, steps);
            }
        }
        return null;
    }

    private boolean isTarget(Object object) {
        return object == loader || type(object).getClassLoader() == loader;
    }

    /** The class of an object, or the class that it is; of an array, that of its elements. */
    private static Class<?> type(Object object) {
        Class<?> type = object instanceof Class<?> self ? self : object.getClass();
        while (type.isArray()) {
            type = type.getComponentType();
        }
        return type;
    }

    /** Threads are roots of their own. */
    private static boolean isPassedOver(Object object) {
        return object instanceof ClassLoader || object instanceof Thread || object instanceof Class<?> || PASSED_OVER.stream().anyMatch(object.getClass().getName()::startsWith);
    }

    private void follow(Step step, Queue<Step> steps) {
        Object object = step.object();
        if (object instanceof Object[] elements) {
            for (Object element : elements) {
                add(steps, element, step, "");
            }
            return;
        }
        for (Field field : fields.computeIfAbsent(object.getClass(), this::readable)) {
            try {
                add(steps, field.get(object), step, field.getName());
            } catch (IllegalAccessException e) {
                throw new IllegalStateException(e); // it was made accessible
            }
        }
    }

    private void add(Queue<Step> steps, Object object, Step from, String field) {
        if (object != null && looked < MAX_OBJECTS && (from == null || isTarget(object) || !isPassedOver(object)) && seen.add(object)) {
            looked++;
            steps.add(new Step(object, from, field, from == null ? 0 : from.depth() + 1));
        }
    }

    /** The fields of a class that hold objects, but for what a reference refers to: that holds nothing. */
    private List<Field> readable(Class<?> type) {
        List<Field> readable = new ArrayList<>();
        for (Class<?> of = type; of != null && !of.isArray(); of = of.getSuperclass()) {
            if (of == Reference.class) {
                continue;
            }
            Field[] declared;
            try {
                declared = of.getDeclaredFields();
            } catch (LinkageError | RuntimeException e) {
                continue; // a class whose own field types are missing
            }
            for (Field field : declared) {
                if (!Modifier.isStatic(field.getModifiers()) && !field.getType().isPrimitive()) {
                    if (open(field)) {
                        readable.add(field);
                    } else if (of == Thread.class) {
                        closed = true;
                    }
                }
            }
        }
        return readable;
    }

    private static boolean open(Field field) {
        try {
            return field.trySetAccessible();
        } catch (RuntimeException e) {
            return false;
        }
    }

    private Found found(Step last, String className) {
        List<String> path = new ArrayList<>();
        Step step = last;
        for (; step.from() != null && (step == last || !isPlugins(step.object())); step = step.from()) {
            if (!step.field().isEmpty()) {
                path.add(0, step.field());
            }
        }
        return new Found(path, className, step != last && isPlugins(step.object()) ? step.object().getClass() : null);
    }

    private boolean isPlugins(Object object) {
        return object.getClass().getClassLoader() instanceof BundleReference reference && plugins.test(reference.getBundle());
    }
}
