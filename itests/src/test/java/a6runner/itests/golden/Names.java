// SPDX-License-Identifier: Apache-2.0
package a6runner.itests.golden;

import org.apache.apisix.plugin.runner.filter.PluginFilter;
import org.osgi.service.component.annotations.Component;

/** The other plugins that golden confs name. They change nothing, as the recorded stub didn't for them. */
public final class Names {

    private Names() {}

    private abstract static class Named implements PluginFilter {

        private final String name;

        Named(String name) {
            this.name = name;
        }

        @Override
        public String name() {
            return name;
        }
    }

    @Component(service = PluginFilter.class)
    public static final class One extends Named {
        public One() {
            super("one");
        }
    }

    @Component(service = PluginFilter.class)
    public static final class A extends Named {
        public A() {
            super("a");
        }
    }

    @Component(service = PluginFilter.class)
    public static final class C extends Named {
        public C() {
            super("c");
        }
    }

    @Component(service = PluginFilter.class)
    public static final class Chinese extends Named {
        public Chinese() {
            super("\u540d\u524d");
        }
    }

    @Component(service = PluginFilter.class)
    public static final class Punctuated extends Named {
        public Punctuated() {
            super("p.q-r/s");
        }
    }

    @Component(service = PluginFilter.class)
    public static final class Big extends Named {
        public Big() {
            super("big");
        }
    }

    @Component(service = PluginFilter.class)
    public static final class Prepare extends Named {
        public Prepare() {
            super("stub-prepare");
        }
    }
}
