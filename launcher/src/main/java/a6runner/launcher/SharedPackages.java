// SPDX-License-Identifier: Apache-2.0
package a6runner.launcher;

import java.util.List;

/**
 * What the framework gives to bundles of the libraries in {@code lib/}, for whoever imports it: the api of logging, for plugins and core; OSGi's apis, for those
 * that are built on Declarative Services; of Netty no more than the core imports, so that a plugin which needs Netty brings the one it was built with. As bundles
 * of their own these libraries would cost a fifth of the start (docs/decisions/0050).
 */
record SharedPackages(String version, List<String> names) {

    /** Each in the version that its jar exports it in; one that several stand for is there once for each. */
    static final List<SharedPackages> ALL = List.of(
            slf4j("1.7.36"), // what was built for slf4j 1.7 finds what it imports, too
            slf4j("2.0.20"),
            of("1.5", "org.osgi.service.log", "org.osgi.service.component.propertytypes", "org.osgi.service.component.runtime", "org.osgi.service.component.runtime.dto"),
            of("1.5.1", "org.osgi.service.component"),
            of("1.2", "org.osgi.util.function"),
            of("1.3.0", "org.osgi.util.promise"),
            of("4.2.18", "io.netty.buffer", "io.netty.channel", "io.netty.channel.epoll", "io.netty.channel.nio", "io.netty.channel.socket.nio", "io.netty.channel.unix",
                    "io.netty.util.concurrent"));

    private static SharedPackages of(String version, String... names) {
        return new SharedPackages(version, List.of(names));
    }

    private static SharedPackages slf4j(String version) {
        return of(version, "org.slf4j", "org.slf4j.event", "org.slf4j.helpers", "org.slf4j.spi");
    }

    /** All of them in the form of {@code org.osgi.framework.system.packages.extra}. */
    static String header() {
        StringBuilder header = new StringBuilder();
        for (SharedPackages shared : ALL) {
            for (String name : shared.names) {
                header.append(header.length() == 0 ? "" : ",").append(name).append(";version=\"").append(shared.version).append('"');
            }
        }
        return header.toString();
    }
}
