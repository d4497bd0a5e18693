// SPDX-License-Identifier: Apache-2.0
package a6runner.launcher;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.jar.Manifest;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class SharedPackagesTest {

    @Test
    void eachHasTheVersionThatAJarOnTheClassPathExportsItIn() throws IOException {
        List<String> exports = exports();
        for (SharedPackages shared : SharedPackages.ALL) {
            for (String name : shared.names()) {
                // Of slf4j 1.7 all packages are given, for what was built with it, and two are exported.
                String version = shared.version().equals("1.7.36") ? "2.0.20" : shared.version();
                assertThat(exports).as(name + " in " + version).anyMatch(header -> exports(header, name, version));
            }
        }
    }

    @Test
    void theHeaderNamesEachWithItsVersion() {
        assertThat(SharedPackages.header()).startsWith("org.slf4j;version=\"1.7.36\",").contains(",org.osgi.service.component;version=\"1.5.1\",")
                .endsWith("io.netty.util.concurrent;version=\"4.2.18\"");
    }

    private static boolean exports(String header, String name, String version) {
        String parameters = "(?:;[^;,\"]*(?:\"[^\"]*\")?)*";
        return Pattern.compile("(?:^|,)" + Pattern.quote(name) + parameters + ";version=\"" + Pattern.quote(version) + '"').matcher(header).find();
    }

    private static List<String> exports() throws IOException {
        List<String> headers = new ArrayList<>();
        for (URL url : Collections.list(SharedPackagesTest.class.getClassLoader().getResources("META-INF/MANIFEST.MF"))) {
            try (InputStream in = url.openStream()) {
                String header = new Manifest(in).getMainAttributes().getValue("Export-Package");
                if (header != null) {
                    headers.add(header);
                }
            }
        }
        return headers;
    }
}
