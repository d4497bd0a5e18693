// SPDX-License-Identifier: Apache-2.0
package a6runner.launcher;

import java.lang.module.ModuleDescriptor.Exports;

/**
 * What the framework gives to bundles of the JDK: every package that a module of this Java exports to everybody. Felix works out the same where nobody tells it, by
 * putting one text of thirty thousand characters together in hundreds of steps, on the one thread that the start waits for.
 */
final class JdkPackages {

    private JdkPackages() {
    }

    /** All of them in the form of {@code org.osgi.framework.system.packages.extra}, in the version that Felix gives them, such as {@code 0.0.0.JavaSE_017}. */
    static String header() {
        String feature = Integer.toString(Runtime.version().feature());
        String version = ";version=\"0.0.0.JavaSE_" + "0".repeat(3 - feature.length()) + feature + '"'; // by hand: a format loads a locale's signs
        StringBuilder header = new StringBuilder(40_000);
        for (Module module : ModuleLayer.boot().modules()) {
            for (Exports exported : module.getDescriptor().exports()) {
                if (!exported.isQualified()) {
                    header.append(header.length() == 0 ? "" : ",").append(exported.source()).append(version);
                }
            }
        }
        return header.toString();
    }
}
