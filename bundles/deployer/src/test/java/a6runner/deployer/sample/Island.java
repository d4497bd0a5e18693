// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer.sample;

import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.apisix.plugin.runner.filter.PluginFilter;

/** Has the names of those classes for a name that it can load, by whatever loader it can lay its hands on. */
public final class Island implements PluginFilter {

    private static final String[] FOREIGN = {"a6runner.spi.Settings", "a6runner.deployer.Deployer", "ch.qos.logback.classic.Logger", "org.apache.felix.framework.Felix",
        "org.junit.jupiter.api.Test"};

    private final String seen;

    public Island() {
        seen = "seen:" + Stream.of(FOREIGN).filter(name -> loads(name, getClass().getClassLoader()) || loads(name, Thread.currentThread().getContextClassLoader()))
                .collect(Collectors.joining("+"));
    }

    private static boolean loads(String name, ClassLoader loader) {
        try {
            Class.forName(name, false, loader);
            return true;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }

    @Override
    public String name() {
        return seen;
    }
}
