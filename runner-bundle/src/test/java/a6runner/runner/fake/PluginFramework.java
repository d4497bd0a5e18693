// SPDX-License-Identifier: Apache-2.0
package a6runner.runner.fake;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import org.apache.apisix.plugin.runner.filter.PluginFilter;
import org.apache.felix.framework.FrameworkFactory;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.ServiceFactory;
import org.osgi.framework.ServiceRegistration;
import org.osgi.framework.launch.Framework;

/** A real framework with tiny bundles, which have a manifest alone; the test registers services in their names. */
public final class PluginFramework implements AutoCloseable {

    private final Path storage;
    private final Framework framework;
    private int bundles;

    /** A framework with settings, key and value by turns. */
    public PluginFramework(String... settings) {
        try {
            storage = Files.createTempDirectory("a6runner-test");
            Map<String, String> properties = new HashMap<>();
            properties.put("org.osgi.framework.storage", storage.toString());
            properties.put("org.osgi.framework.bsnversion", "multiple");
            properties.put("felix.log.level", "0");
            for (int i = 0; i < settings.length; i += 2) {
                properties.put("a6runner." + settings[i], settings[i + 1]);
            }
            framework = new FrameworkFactory().newFramework(properties);
            framework.start();
        } catch (IOException | BundleException e) {
            throw new IllegalStateException(e);
        }
    }

    public BundleContext context() {
        return framework.getBundleContext();
    }

    /** Installs and starts a bundle. */
    public Bundle bundle(String symbolicName, String version) {
        Manifest manifest = new Manifest();
        Attributes attributes = manifest.getMainAttributes();
        attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        attributes.putValue("Bundle-ManifestVersion", "2");
        attributes.putValue("Bundle-SymbolicName", symbolicName);
        attributes.putValue("Bundle-Version", version);
        ByteArrayOutputStream jar = new ByteArrayOutputStream();
        try {
            new JarOutputStream(jar, manifest).close();
            Bundle bundle = context().installBundle("test:" + ++bundles, new ByteArrayInputStream(jar.toByteArray()));
            bundle.start();
            return bundle;
        } catch (IOException | BundleException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Registers a plugin in a bundle's name. */
    public static ServiceRegistration<PluginFilter> register(Bundle bundle, PluginFilter filter) {
        return bundle.getBundleContext().registerService(PluginFilter.class, filter, null);
    }

    /** Registers a plugin that is made when it is asked for, as a component is. */
    public static ServiceRegistration<PluginFilter> registerLazily(Bundle bundle, Supplier<PluginFilter> maker) {
        return bundle.getBundleContext().registerService(PluginFilter.class, new ServiceFactory<PluginFilter>() {
            @Override
            public PluginFilter getService(Bundle user, ServiceRegistration<PluginFilter> registration) {
                return maker.get();
            }

            @Override
            public void ungetService(Bundle user, ServiceRegistration<PluginFilter> registration, PluginFilter filter) {
                // nothing to give back
            }
        }, null);
    }

    @Override
    public void close() {
        try {
            framework.stop();
            framework.waitForStop(Await.SECONDS * 1_000);
            try (Stream<Path> files = Files.walk(storage)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        } catch (BundleException | InterruptedException e) {
            throw new IllegalStateException(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
