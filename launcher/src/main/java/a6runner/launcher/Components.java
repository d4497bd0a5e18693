// SPDX-License-Identifier: Apache-2.0
package a6runner.launcher;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;

/**
 * Asks Declarative Services why a component of the core isn't up. Its api is a bundle's and not on our class path, hence the reflection;
 * whatever goes wrong with it means that there is nothing to tell.
 */
final class Components {

    private static final String RUNTIME = "org.osgi.service.component.runtime.ServiceComponentRuntime";
    private static final int UNSATISFIED_REFERENCE = 2; // ComponentConfigurationDTO
    private static final int FAILED_ACTIVATION = 16;

    private Components() {
    }

    /** What of the core failed to activate, each with the exception's message. */
    static List<String> failed(BundleContext context, List<Bundle> core) {
        List<String> found = new ArrayList<>();
        visit(context, core, (description, state, configuration) -> {
            if (state == FAILED_ACTIVATION) {
                found.add(field(description, "name") + " failed: " + rootMessage(String.valueOf(field(configuration, "failure"))));
            }
        });
        return found;
    }

    /** What of the core waits for a service, each with the services' names. */
    static List<String> unsatisfied(BundleContext context, List<Bundle> core) {
        List<String> found = new ArrayList<>();
        visit(context, core, (description, state, configuration) -> {
            if (state == UNSATISFIED_REFERENCE) {
                List<String> missing = new ArrayList<>();
                for (Object reference : (Object[]) field(configuration, "unsatisfiedReferences")) {
                    missing.add(service(description, field(reference, "name")));
                }
                found.add(field(description, "name") + " waits for " + String.join(", ", missing));
            }
        });
        return found;
    }

    private interface Visitor {
        void visit(Object description, int state, Object configuration) throws ReflectiveOperationException;
    }

    private static void visit(BundleContext context, List<Bundle> core, Visitor visitor) {
        try {
            ServiceReference<?>[] references = context.getAllServiceReferences(RUNTIME, null);
            Object runtime = references == null ? null : context.getService(references[0]);
            if (runtime == null) {
                return;
            }
            Class<?> api = runtime.getClass().getClassLoader().loadClass(RUNTIME);
            Object all = api.getMethod("getComponentDescriptionDTOs", Bundle[].class).invoke(runtime, (Object) core.toArray(new Bundle[0]));
            for (Object description : (Collection<?>) all) {
                Object configurations = api.getMethod("getComponentConfigurationDTOs", description.getClass()).invoke(runtime, description);
                for (Object configuration : (Collection<?>) configurations) {
                    visitor.visit(description, (int) field(configuration, "state"), configuration);
                }
            }
        } catch (ReflectiveOperationException | InvalidSyntaxException | RuntimeException e) {
            return; // then there is nothing to tell
        }
    }

    /** The service that a reference is to; references in constructors have no name that says something. */
    private static String service(Object description, Object reference) throws ReflectiveOperationException {
        for (Object declared : (Object[]) field(description, "references")) {
            if (reference.equals(field(declared, "name"))) {
                return String.valueOf(field(declared, "interfaceName"));
            }
        }
        return String.valueOf(reference);
    }

    private static Object field(Object dto, String name) throws ReflectiveOperationException {
        return dto.getClass().getField(name).get(dto);
    }

    /** The message of the last cause in a printed stack trace, as that one says most; of the exception itself, if it has no cause. */
    static String rootMessage(String trace) {
        String best = "";
        for (String line : trace.split("\\R")) {
            if (best.isEmpty() || line.startsWith("Caused by: ")) {
                best = line.replaceFirst("^Caused by: ", "");
            }
        }
        return best.replaceFirst("^[\\w.$]+: (?=.)", "").trim();
    }
}
