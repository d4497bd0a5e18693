// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings configurations to Configuration Admin: for one bundle by targeted PID ({@code pid|symbolic name|version|location}), so that two versions of a plugin,
 * or one version with two configurations, stand beside each other; and without target where no component of a plugin has that PID.
 *
 * <p>Any thread; blocks for what Configuration Admin writes. A change of a configuration doesn't reach a bundle that runs: it gets its own before it starts.
 */
final class Configurations {

    private static final Logger LOG = LoggerFactory.getLogger(Configurations.class);

    private final BundleContext context;
    private final Map<Bundle, List<Configuration>> delivered = new ConcurrentHashMap<>();

    Configurations(BundleContext context) {
        this.context = context;
    }

    /**
     * Gives a bundle its configurations, before it starts.
     *
     * @throws Refusal if there is no Configuration Admin
     * @throws IOException if that can't store them
     */
    void deliver(Bundle bundle, Collection<ConfigFile> configs) throws IOException, Refusal {
        if (configs.isEmpty()) {
            return;
        }
        ConfigurationAdmin admin = admin();
        if (admin == null) {
            throw new Refusal("it has a configuration (" + configs.iterator().next().file() + "), but the runner runs without Configuration Admin");
        }
        List<Configuration> all = new ArrayList<>();
        delivered.put(bundle, all);
        for (ConfigFile config : configs) {
            Configuration configuration;
            if (config.name().isEmpty()) {
                configuration = admin.getConfiguration(config.pid() + "|" + bundle.getSymbolicName() + "|" + bundle.getVersion() + "|" + bundle.getLocation(), "?");
            } else {
                // Not by targeted PID, as SCR 2.2.18 takes all configurations of a targeted factory for one; but bound to the bundle.
                String slot = bundle.getLocation().substring(Islands.LOCATION.length());
                configuration = admin.getFactoryConfiguration(config.pid(), config.name() + "-" + slot, bundle.getLocation());
            }
            all.add(configuration);
            configuration.updateIfDifferent(new Hashtable<>(config.properties()));
        }
    }

    /** Takes a bundle's configurations away, after it has stopped. */
    void withdraw(Bundle bundle) {
        List<Configuration> all = delivered.remove(bundle);
        if (all != null) {
            all.forEach(Configurations::delete);
        }
    }

    /** Brings a configuration to whoever asks for it, changing it in place. */
    void publish(ConfigFile config) throws IOException, Refusal {
        ConfigurationAdmin admin = admin();
        if (admin == null) {
            throw new Refusal("the runner runs without Configuration Admin");
        }
        Configuration configuration = config.name().isEmpty() ? admin.getConfiguration(config.pid(), "?")
                : admin.getFactoryConfiguration(config.pid(), config.name(), "?");
        configuration.updateIfDifferent(new Hashtable<>(config.properties()));
    }

    /** Takes back what was published. */
    void unpublish(ConfigFile config) {
        if (config.name().isEmpty()) {
            delete("(service.pid=" + config.pid() + ")");
        } else {
            delete("(&(service.factoryPid=" + config.pid() + ")(service.pid=" + config.pid() + "~" + config.name() + "))");
        }
    }

    private void delete(String filter) {
        ConfigurationAdmin admin = admin();
        try {
            Configuration[] found = admin == null ? null : admin.listConfigurations(filter);
            if (found != null) {
                Arrays.asList(found).forEach(Configurations::delete);
            }
        } catch (IOException | InvalidSyntaxException e) {
            LOG.debug("configurations {} could not be listed", filter, e);
        }
    }

    private static void delete(Configuration configuration) {
        try {
            configuration.delete();
        } catch (IOException | IllegalStateException e) {
            LOG.debug("a configuration could not be deleted", e); // Such as when the framework stops meanwhile.
        }
    }

    private ConfigurationAdmin admin() {
        ServiceReference<ConfigurationAdmin> reference = context.getServiceReference(ConfigurationAdmin.class);
        return reference == null ? null : context.getService(reference);
    }
}
