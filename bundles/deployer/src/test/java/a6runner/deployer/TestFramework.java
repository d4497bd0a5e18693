// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.felix.framework.FrameworkFactory;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.launch.Framework;

/**
 * A real framework with Declarative Services and Configuration Admin. The api, the spi, slf4j and the apis of these services are the test's own classes, given to
 * bundles by the system bundle.
 */
final class TestFramework {

    private static final List<String> BUNDLES = List.of("org.apache.felix.configadmin", "org.apache.felix.scr");
    private static final String EXTRA = "org.apache.apisix.plugin.runner;version=1.0,org.apache.apisix.plugin.runner.filter;version=1.0,a6runner.spi;version=1.0,"
            + "org.slf4j;version=2.0,io.netty.buffer;version=4.2,org.osgi.service.component;version=1.5,org.osgi.service.component.propertytypes;version=1.5,"
            + "org.osgi.service.component.runtime;version=1.5,org.osgi.service.component.runtime.dto;version=1.5,org.osgi.service.cm;version=1.6,"
            + "org.osgi.util.promise;version=1.3,org.osgi.util.function;version=1.2";

    private final Framework framework;

    TestFramework(Path dir, Map<String, String> properties) throws Exception {
        Map<String, String> configuration = new HashMap<>(properties);
        configuration.put("org.osgi.framework.storage", dir.resolve("cache").toString());
        configuration.put("org.osgi.framework.bsnversion", "multiple");
        configuration.put("org.osgi.framework.system.packages.extra", EXTRA);
        configuration.put("felix.bootdelegation.implicit", "false");
        framework = new FrameworkFactory().newFramework(configuration);
        framework.start();
        for (String name : BUNDLES) {
            install("target/bundles/" + name + ".jar").start();
        }
    }

    BundleContext context() {
        return framework.getBundleContext();
    }

    Bundle install(String file) throws Exception {
        return context().installBundle(Path.of(file).toUri().toString(), Files.newInputStream(Path.of(file)));
    }

    /** The plugins that are started, by version. */
    List<String> plugins() {
        return Arrays.stream(context().getBundles()).filter(bundle -> Islands.isPlugin(bundle) && (bundle.getState() & (Bundle.ACTIVE | Bundle.STARTING)) != 0)
                .map(bundle -> bundle.getSymbolicName() + " " + bundle.getVersion()).sorted().toList();
    }

    void stop() throws BundleException, InterruptedException {
        framework.stop();
        framework.waitForStop(20_000);
    }
}
