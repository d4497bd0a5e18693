// SPDX-License-Identifier: Apache-2.0
package a6runner.itests.compat;

import a6runner.itests.compat.Members.Member;
import a6runner.itests.compat.OldFilters.Source;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.apisix.plugin.runner.HttpRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/** All that old filters use is there, and the old filters that we test with use all of it. */
final class MembersIT {

    static List<Member> members() {
        return Members.all();
    }

    static List<Source> sources() {
        return OldFilters.sources();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("members")
    void aMemberThatOldFiltersUseIsThere(Member member) throws NoSuchMethodException {
        Method ours = member.ours();
        assertThat(member.owner().isInterface()).isTrue();
        assertThat(ours.getGenericReturnType().getTypeName()).isEqualTo(member.genericReturnType());
        assertThat(member.returnType()).isAssignableFrom(ours.getReturnType());
        assertThat(Modifier.isStatic(ours.getModifiers())).isFalse();
        assertThat(ours.getExceptionTypes()).as("checked exceptions").isEmpty();
        if (member.implementedByUsers()) {
            assertThat(ours.isDefault()).as("may be left unimplemented").isEqualTo(member.optional());
        }
    }

    @Test
    void nothingElseHasToBeImplementedByUsers() {
        for (Class<?> type : members().stream().filter(Member::implementedByUsers).map(Member::owner).collect(Collectors.toSet())) {
            assertThat(type.getMethods()).filteredOn(method -> Modifier.isAbstract(method.getModifiers())).extracting(Method::getName).containsExactly("name");
        }
    }

    @Test
    void theMethodsAreTheWiresFifteen() {
        assertThat(HttpRequest.Method.values()).extracting(Enum::name).containsExactly("GET", "HEAD", "POST", "PUT", "DELETE", "MKCOL", "COPY", "MOVE",
                "OPTIONS", "PROPFIND", "PROPPATCH", "LOCK", "UNLOCK", "PATCH", "TRACE");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("sources")
    void anOldFilterHasOneImportToChange(Source source) {
        assertThat(source.text().lines().filter(line -> line.contains("springframework")))
                .isSubsetOf(OldFilters.OLD_IMPORT)
                .hasSize(source.text().contains("@Component") ? 1 : 0);
        assertThat(source.text()).doesNotContain("osgi", "a6runner");
    }

    @Test
    void theOldFiltersCompileWithoutAWarningAndUseEveryMember(@TempDir Path classes) {
        assertThat(OldFilters.compile(OldFilters.sources().stream().map(Source::moved).toList(), classes)).isEmpty();

        JavaClasses compiled = new ClassFileImporter().importPath(classes);
        Set<String> used = compiled.stream().flatMap(MembersIT::used).collect(Collectors.toSet());
        assertThat(used).containsAll(members().stream().map(member -> signature(member.owner().getName(), member.name(),
                member.parameters().stream().map(Class::getName).toList())).toList());
    }

    /** What a class calls, and what it implements. */
    private static Stream<String> used(JavaClass type) {
        Stream<String> called = type.getMethodCallsFromSelf().stream()
                .map(call -> signature(call.getTargetOwner().getName(), call.getName(), call.getTarget().getRawParameterTypes().stream()
                        .map(JavaClass::getName).toList()));
        Stream<String> implemented = type.getMethods().stream()
                .flatMap(method -> type.getAllRawInterfaces().stream()
                        .map(face -> signature(face.getName(), method.getName(), method.getRawParameterTypes().stream().map(JavaClass::getName).toList())));
        return Stream.concat(called, implemented);
    }

    private static String signature(String owner, String name, List<String> parameters) {
        return owner + "." + name + parameters;
    }
}
