// SPDX-License-Identifier: Apache-2.0
package a6runner.launcher;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.felix.framework.FrameworkFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Constants;
import org.osgi.framework.launch.Framework;
import org.osgi.framework.namespace.PackageNamespace;
import org.osgi.framework.wiring.BundleCapability;
import org.osgi.framework.wiring.BundleRevision;

import static org.assertj.core.api.Assertions.assertThat;

/** What the framework of a runner exports, beside what Felix would by itself. */
class JdkPackagesTest {

    @TempDir
    Path dir;

    private static String text(BundleCapability capability) {
        Map<String, Object> attributes = new TreeMap<>(capability.getAttributes());
        attributes.remove("bundle-symbolic-name"); // Felix gives an array, which has its address for a text
        return attributes + " " + new TreeMap<>(capability.getDirectives());
    }

    private Set<String> exported(Framework framework) throws Exception {
        framework.init();
        try {
            return framework.adapt(BundleRevision.class).getDeclaredCapabilities(PackageNamespace.PACKAGE_NAMESPACE).stream()
                    .map(JdkPackagesTest::text).collect(Collectors.toSet());
        } finally {
            framework.stop();
            framework.waitForStop(20_000);
        }
    }

    @Test
    void areWhatFelixWouldFindByItself() throws Exception {
        Map<String, String> properties = new HashMap<>(Map.of(Constants.FRAMEWORK_STORAGE, dir.resolve("felix").toString()));
        Set<String> byItself = exported(new FrameworkFactory().newFramework(new HashMap<>(properties), new ConnectedBundles(Set.of())));
        properties.put(Constants.FRAMEWORK_STORAGE, dir.resolve("ours").toString());
        properties.putAll(Core.packages());
        Set<String> ours = exported(new FrameworkFactory().newFramework(properties, new ConnectedBundles(Set.of())));
        assertThat(ours).containsAll(byItself).hasSizeGreaterThan(byItself.size());
        assertThat(byItself).anyMatch(one -> one.contains("org.osgi.framework.wiring")).anyMatch(one -> one.contains("java.net.http"));
        ours.removeAll(byItself);
        assertThat(ours).as("the runner's own").allMatch(one -> one.contains("slf4j") || one.contains("org.osgi.") || one.contains("io.netty."));
    }
}
