// SPDX-License-Identifier: Apache-2.0
package a6runner.launcher;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;

/**
 * Offers what the launcher does as a service of the spi. The launcher has a copy of the spi's interfaces on its own class path, and bundles have theirs from
 * the api's bundle; a proxy of theirs passes each call to ours. Only types of the JDK may cross.
 */
final class SpiService {

    private static final String API_BUNDLE = "a6runner.api";

    private SpiService() {
    }

    /** Registers a service under its interface, as bundles see that; to be called when the bundles are installed. */
    static <T> void register(BundleContext context, List<Bundle> core, Class<T> type, T service) {
        for (Bundle bundle : core) {
            if (API_BUNDLE.equals(bundle.getSymbolicName())) {
                Class<?> theirs = load(bundle, type.getName());
                if (theirs == type) { // where bundles have their classes from our class path
                    context.registerService(type, service, null);
                    return;
                }
                Object proxy = Proxy.newProxyInstance(theirs.getClassLoader(), new Class<?>[] {theirs}, (self, method, arguments) -> {
                    if (method.getDeclaringClass() == Object.class) {
                        return ofObject(self, method.getName(), arguments, type);
                    }
                    try {
                        return type.getMethod(method.getName(), method.getParameterTypes()).invoke(service, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
                context.registerService(type.getName(), proxy, null);
                return;
            }
        }
        throw Refusal.failed("the distribution is incomplete: no bundle " + API_BUNDLE);
    }

    private static Class<?> load(Bundle bundle, String name) {
        try {
            return bundle.loadClass(name);
        } catch (ClassNotFoundException e) {
            throw Refusal.failed("the distribution is incomplete: " + Core.oneLine(e) + " in bundle " + API_BUNDLE);
        }
    }

    private static Object ofObject(Object self, String method, Object[] arguments, Class<?> type) {
        switch (method) {
            case "equals":
                return self == arguments[0];
            case "hashCode":
                return System.identityHashCode(self);
            default:
                return type.getSimpleName() + " of the launcher";
        }
    }
}
