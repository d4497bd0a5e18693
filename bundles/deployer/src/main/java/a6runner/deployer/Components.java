// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer;

import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.osgi.service.component.runtime.dto.ComponentConfigurationDTO;
import org.osgi.service.component.runtime.dto.ComponentDescriptionDTO;
import org.osgi.service.component.runtime.dto.UnsatisfiedReferenceDTO;

/** Asks Declarative Services, and the classes themselves, what is wrong with a bundle's components. Any thread; runs no plugin code. */
final class Components {

    private static final String PLUGIN_FILTER = "org.apache.apisix.plugin.runner.filter.PluginFilter";

    private final BundleContext context;

    Components(BundleContext context) {
        this.context = context;
    }

    /** Why a plugin of a started bundle isn't offered; empty if all are, as far as Declarative Services knows. */
    Optional<Refusal> unoffered(Bundle bundle) {
        for (ComponentDescriptionDTO component : of(bundle)) {
            Class<?> type;
            try {
                type = bundle.loadClass(component.implementationClass);
            } catch (ClassNotFoundException | LinkageError e) {
                return Optional.of(new Refusal(Reasons.of(e), e));
            }
            boolean offered = Arrays.asList(component.serviceInterfaces).contains(PLUGIN_FILTER);
            if (isPluginFilter(type) && !offered) {
                return Optional.of(new Refusal("the component " + type.getName() + " is a PluginFilter, but isn't registered as one: add service = PluginFilter.class to its"
                        + " @Component"));
            }
            if (!offered || !component.defaultEnabled) {
                continue;
            }
            if (!Modifier.isPublic(type.getModifiers())) {
                return Optional.of(new Refusal("the component class " + type.getName() + " is not public, so it can't be made: declare it public, with a public constructor"));
            }
            Optional<Refusal> unsatisfied = unsatisfied(component);
            if (unsatisfied.isPresent()) {
                return unsatisfied;
            }
        }
        return Optional.empty();
    }

    private Optional<Refusal> unsatisfied(ComponentDescriptionDTO component) {
        Collection<ComponentConfigurationDTO> configurations = runtime().getComponentConfigurationDTOs(component);
        if (configurations.isEmpty() && "require".equals(component.configurationPolicy)
                || configurations.stream().anyMatch(one -> one.state == ComponentConfigurationDTO.UNSATISFIED_CONFIGURATION)) {
            return Optional.of(Refusal.waiting("the component " + component.implementationClass + " needs a configuration: put a file " + component.configurationPid[0]
                    + ".cfg into the deploy folder"));
        }
        return configurations.stream().filter(one -> one.state == ComponentConfigurationDTO.UNSATISFIED_REFERENCE).findFirst()
                .map(one -> Refusal.waiting("the component " + component.implementationClass + " needs " + missing(component, one.unsatisfiedReferences)
                        + ", which nobody offers: offer it by a component of the same jar, or make the reference optional (cardinality = OPTIONAL)"));
    }

    private static String missing(ComponentDescriptionDTO component, UnsatisfiedReferenceDTO[] references) {
        String name = references.length == 0 ? "" : references[0].name;
        return Arrays.stream(component.references).filter(reference -> reference.name.equals(name)).findFirst()
                .map(reference -> "a service " + reference.interfaceName + (reference.target == null ? "" : " with " + reference.target) + " (reference " + name + ")")
                .orElse("a service");
    }

    /** What the constructor or the activation of a bundle's component threw, in a sentence; empty if Declarative Services knows of nothing. */
    Optional<Refusal> thrown(Bundle bundle) {
        for (ComponentDescriptionDTO component : of(bundle)) {
            for (ComponentConfigurationDTO one : runtime().getComponentConfigurationDTOs(component)) {
                if (one.state == ComponentConfigurationDTO.FAILED_ACTIVATION && one.failure != null) {
                    return Optional.of(new Refusal(Reasons.ofTrace(component.implementationClass, one.failure)));
                }
            }
        }
        return Optional.empty();
    }

    private Collection<ComponentDescriptionDTO> of(Bundle bundle) {
        ServiceComponentRuntime runtime = runtime();
        return runtime == null ? List.of() : runtime.getComponentDescriptionDTOs(bundle);
    }

    private ServiceComponentRuntime runtime() {
        ServiceReference<ServiceComponentRuntime> reference = context.getServiceReference(ServiceComponentRuntime.class);
        return reference == null ? null : context.getService(reference);
    }

    private static boolean isPluginFilter(Class<?> type) {
        for (Class<?> one = type; one != null; one = one.getSuperclass()) {
            if (one.getName().equals(PLUGIN_FILTER) || Arrays.stream(one.getInterfaces()).anyMatch(Components::isPluginFilter)) {
                return true;
            }
        }
        return false;
    }
}
