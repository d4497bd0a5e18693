// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer;

import a6runner.spi.PluginCheckException;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.osgi.framework.BundleException;

import static org.assertj.core.api.Assertions.assertThat;

class ReasonsTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "osgi.wiring.package; (osgi.wiring.package=com.acme) | it imports the package com.acme, which neither it nor the runner has",
        "osgi.wiring.package; (&(osgi.wiring.package=com.acme)(version>=1.2.0)) | it imports the package com.acme 1.2.0 or later, which neither",
        "osgi.wiring.package; (&(osgi.wiring.package=com.acme)(version>=1.2.0)(!(version>=2.0.0))) | it imports the package com.acme [1.2.0,2.0.0), which neither",
        "osgi.wiring.package; (&(osgi.wiring.package=org.apache.apisix.plugin.runner)(version>=2.0.0)) | 2.0.0 or later, which the runner has in another version",
        "osgi.wiring.package; (osgi.wiring.package=io.netty.buffer) | io.netty.buffer, which belongs to the runner itself",
        "osgi.ee; (&(osgi.ee=JavaSE)(version=99)) | it needs Java 99, but the runner runs on Java",
        "osgi.wiring.bundle; (&(osgi.wiring.bundle=com.acme.lib)(bundle-version>=1.0.0)) | it requires the bundle com.acme.lib (Require-Bundle)",
        "osgi.extender; (&(osgi.extender=osgi.serviceloader.processor)(version>=1.0.0)) | it needs the extender osgi.serviceloader.processor 1.0.0 or later",
        "com.acme.thing; (com.acme.thing=x) | it doesn't resolve: Unable to resolve"})
    void saysWhatARequirementLacks(String requirement, String sentence) {
        String message = "Unable to resolve test.hello [7](R 7.0): missing requirement [test.hello [7](R 7.0)] " + requirement
                + " Unresolved requirements: [[test.hello [7](R 7.0)] " + requirement + "]";
        assertThat(Reasons.of(new BundleException(message, BundleException.RESOLVE_ERROR))).contains(sentence);
    }

    @Test
    void namesTheInnermostOfNestedRequirements() {
        assertThat(Reasons.of(new BundleException("Unable to resolve a [1](R 1.0): missing requirement [a [1](R 1.0)] osgi.wiring.package; "
                + "(osgi.wiring.package=outer) [caused by: Unable to resolve b [2](R 2.0): missing requirement [b [2](R 2.0)] osgi.wiring.package; "
                + "(osgi.wiring.package=inner)] Unresolved requirements: [[a [1](R 1.0)] osgi.wiring.package; (osgi.wiring.package=outer)]",
                BundleException.RESOLVE_ERROR))).startsWith("it imports the package inner, ");
    }

    @Test
    void givesSentencesAsTheyAre() {
        assertThat(Reasons.of(new Refusal("so it is"))).isEqualTo("so it is");
        assertThat(Reasons.of(new ExecutionException(new PluginCheckException("a conf", null)))).isEqualTo("a conf");
    }

    @Test
    void saysWhatElseMayHappen() {
        assertThat(Reasons.of(new BundleException("x", BundleException.ACTIVATOR_ERROR, new IllegalStateException("no database"))))
                .isEqualTo("its bundle activator failed: java.lang.IllegalStateException: no database");
        assertThat(Reasons.of(new BundleException("x", BundleException.DUPLICATE_BUNDLE_ERROR))).contains("bsnversion=multiple");
        assertThat(Reasons.of(new BundleException("bad header", BundleException.MANIFEST_ERROR))).isEqualTo("its manifest is wrong: bad header");
        assertThat(Reasons.of(new IllegalArgumentException("x"))).isEqualTo("it could not be deployed: java.lang.IllegalArgumentException: x");
    }
}
