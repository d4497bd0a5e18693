// SPDX-License-Identifier: Apache-2.0
package a6runner.itests.rules;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The arrows between the rooms: each uses only what it may, besides the JDK and itself. All lead to the api; protocol and runner never meet. */
final class ArrowsIT {

    private static final String[] API = {"org.apache.apisix.plugin.runner", "org.apache.apisix.plugin.runner.filter"};
    private static final String SPI = "a6runner.spi";
    private static final String LOG = "org.slf4j";
    private static final String[] FRAMEWORK = {"org.osgi.framework..", "org.osgi.util.tracker"};
    private static final String[] ANNOTATIONS = {"org.osgi.annotation..", "org.osgi.service.component.annotations"};

    /**
     * A room.
     *
     * @param jar what it is packed in
     * @param own packages with these beginnings, of which at least one class has to be there
     * @param others packages that it may use
     * @param extra single classes that it may use
     */
    private record Room(String name, Path jar, String own, Set<String> others, Set<String> extra) {

        Room(String name, Path jar, String own, Object... others) {
            this(name, jar, own, Arrays.stream(others).flatMap(other -> other instanceof String[] several ? Arrays.stream(several) : Stream.of((String) other))
                    .collect(Collectors.toSet()), Set.of());
        }

        Room andClasses(String... names) {
            return new Room(name, jar, own, others, Set.of(names));
        }

        JavaClasses classes() {
            return Jars.classes(jar);
        }

        DescribedPredicate<JavaClass> allowed() {
            return resideInAnyPackage("java..", "javax..", "org.xml.sax..")
                    .or(resideInAPackage(own))
                    .or(resideInAnyPackage(others.toArray(new String[0])))
                    .or(DescribedPredicate.describe("is one of " + extra, type -> extra.contains(type.getName().replaceAll("\\$.*", ""))))
                    .or(DescribedPredicate.describe("is primitive", JavaClass::isPrimitive))
                    .or(DescribedPredicate.describe("is an array of these", type -> type.isArray() && type.getBaseComponentType().isPrimitive()));
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Room> rooms() {
        return Stream.concat(
                Stream.of(
                        new Room("protocol", Jars.bundle("protocol"), "a6runner.protocol..", API, SPI, LOG, FRAMEWORK, ANNOTATIONS, "io.netty..", "jdk.net"),
                        new Room("runner", Jars.bundle("runner"), "a6runner.runner..", API, SPI, LOG, FRAMEWORK, ANNOTATIONS),
                        new Room("deployer", Jars.bundle("deployer"), "a6runner.deployer..", SPI, LOG, FRAMEWORK, ANNOTATIONS, "org.osgi.service.component.runtime..",
                                "org.osgi.service.cm", "org.apache.felix.cm.file", "aQute.bnd.osgi"),
                        new Room("shell", Jars.bundle("shell"), "a6runner.shell..", API, SPI, LOG, FRAMEWORK, ANNOTATIONS, "jdk.net", "org.apache.felix.gogo..",
                                "org.apache.felix.service.command", "org.jline.."),
                        new Room("launcher", Jars.launcher(), "a6runner.launcher..", LOG + "..", "ch.qos.logback..", FRAMEWORK, "org.osgi.service.log",
                                "org.apache.felix.framework", "org.snakeyaml.engine.v2..")
                                .andClasses("a6runner.spi.Setting", "a6runner.spi.Settings", "a6runner.spi.Nearest", "a6runner.spi.LogLevels", "a6runner.spi.Json"),
                        new Room("testkit", Jars.testkit(), "a6runner.testkit..", API, "com.fasterxml.jackson..", "org.snakeyaml.engine..")),
                Stream.of("noop", "add-header", "stop-request", "rewrite-request", "response-filter", "post-req-with-vars-filter", "async-response-filter")
                        .map(name -> new Room("plugin " + name, Jars.bundle("plugin-" + name), "a6runner.plugin." + name.replace("-", "") + "..",
                                "a6runner.plugin.json", API, LOG, ANNOTATIONS)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rooms")
    void aRoomUsesOnlyWhatItMay(Room room) {
        JavaClasses all = room.classes();
        assertThat(all.stream().filter(type -> type.getPackageName().startsWith(room.own.replace("..", "")))).isNotEmpty();
        // What a room has packed in (the deployer has bnd) is no affair of these arrows.
        classes().that().resideInAPackage(room.own).should().onlyDependOnClassesThat(room.allowed()).check(all);
    }

    @Test
    void theApiUsesNothingButTheJdkAndAnnotations() {
        JavaClasses api = Jars.classes(Jars.bundle("api"));
        classes().that().resideInAnyPackage(API)
                .should().onlyDependOnClassesThat(resideInAnyPackage("java..").or(resideInAnyPackage(API)).or(resideInAPackage("org.osgi.annotation..")))
                .check(api);
        classes().that().resideInAPackage(SPI)
                .should().onlyDependOnClassesThat(resideInAnyPackage("java..", SPI, "org.osgi.annotation..", "org.osgi.framework").or(resideInAnyPackage(API))
                        .or(DescribedPredicate.describe("are primitive", type -> type.getBaseComponentType().isPrimitive())))
                .check(api);
    }

    @Test
    void whatPluginsSeeIsMadeOfInterfaces() {
        JavaClasses api = Jars.classes(Jars.bundle("api"));
        classes().that().resideInAnyPackage(API).and().areTopLevelClasses().and().doNotHaveSimpleName("package-info").and().haveModifier(JavaModifier.PUBLIC)
                .should().beInterfaces().check(api);
    }

    @Test
    void aWrongArrowIsSeen() {
        Room runnerWithoutSpi = new Room("runner", Jars.bundle("runner"), "a6runner.runner..", API, LOG, FRAMEWORK, ANNOTATIONS);
        assertThatThrownBy(() -> aRoomUsesOnlyWhatItMay(runnerWithoutSpi)).isInstanceOf(AssertionError.class).hasMessageContaining("a6runner.spi.CallService");
    }
}
