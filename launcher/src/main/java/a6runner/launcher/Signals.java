// SPDX-License-Identifier: Apache-2.0
package a6runner.launcher;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.function.ObjIntConsumer;

/**
 * The signals that ask a process to end. Without this, Java begins its shutdown at once: plugins' shutdown hooks would close what calls still need while the
 * runner lingers, and a second signal couldn't be seen.
 *
 * <p>By reflection, since the compiler warns of the JDK's class for it, {@code sun.misc.Signal}, which is supported all the same (module jdk.unsupported).
 */
final class Signals {

    private static final List<String> ENDING = List.of("TERM", "INT", "HUP");

    private Signals() {
    }

    /**
     * Has each of them call this, with its name and number, on a thread of its own, instead of ending the process.
     *
     * @return false if that can't be had: signals then end the process as ever
     */
    static boolean handle(ObjIntConsumer<String> onSignal) {
        boolean all = true;
        for (String name : ENDING) {
            all &= handle(name, onSignal);
        }
        return all;
    }

    private static boolean handle(String name, ObjIntConsumer<String> onSignal) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            InvocationHandler calls = (proxy, method, arguments) -> {
                switch (method.getName()) {
                    case "handle":
                        onSignal.accept(name, (int) signal.getMethod("getNumber").invoke(arguments[0]));
                        return null;
                    case "equals":
                        return proxy == arguments[0];
                    case "hashCode":
                        return System.identityHashCode(proxy);
                    default:
                        return "handler of SIG" + name;
                }
            };
            Object own = Proxy.newProxyInstance(Signals.class.getClassLoader(), new Class<?>[] {handler}, calls);
            signal.getMethod("handle", signal, handler).invoke(null, signal.getConstructor(String.class).newInstance(name), own);
            return true;
        } catch (ReflectiveOperationException | RuntimeException e) {
            return false; // -Xrs forbids it, or another JVM has no such class
        }
    }
}
