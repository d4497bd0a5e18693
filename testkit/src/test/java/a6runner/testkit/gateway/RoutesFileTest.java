// SPDX-License-Identifier: Apache-2.0
package a6runner.testkit.gateway;

import java.util.List;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

class RoutesFileTest {

    private static List<String> problems(String text) {
        return catchThrowableOfType(RoutesFileException.class, () -> RoutesFile.parse("r.yaml", text, 1)).problems();
    }

    @Test
    void readsRoutesAsApisixDoes() throws Exception {
        Routes routes = RoutesFile.parse("r.yaml", """
                routes:
                  - uri: /a/*
                    methods: [GET]
                    plugins:
                      ext-plugin-pre-req:
                        allow_degradation: true
                        conf:
                          - name: add-header
                            value: '{}'
                  - id: exact
                    uri: /a/b
                    upstream:
                      type: roundrobin
                      nodes:
                        "127.0.0.1:1980": 1
                #END
                """, 1);

        Route first = routes.find("GET", "x", "/a/c").orElseThrow();
        assertThat(first.id()).isEqualTo("arr_1");
        assertThat(first.upstream()).isNull();
        assertThat(first.extPlugins().get(Phase.PRE_REQ).allowDegradation()).isTrue();
        assertThat(first.extPlugins().get(Phase.PRE_REQ).names()).isEqualTo("add-header");
        assertThat(routes.find("GET", "x", "/a/b").orElseThrow().id()).isEqualTo("exact");
        assertThat(routes.find("POST", "x", "/a/c")).isEmpty();
    }

    @Test
    void namesWhatItDoesNotKnowWithItsLine() {
        assertThat(problems("""
                routes:
                  - uri: /a
                    method: [GET]
                    plugins:
                      key-auth: {}
                #END
                """)).satisfiesExactly(
                problem -> assertThat(problem).startsWith("r.yaml:3: \"method\" in a route").contains("did you mean methods?"),
                problem -> assertThat(problem).startsWith("r.yaml:5: \"key-auth\" in plugins"));
    }

    @Test
    void namesAConfThatIsNoText() {
        assertThat(problems("""
                routes:
                  - uri: /a
                    plugins:
                      ext-plugin-pre-req:
                        conf:
                          - name: x
                            value: {a: 1}
                #END
                """)).singleElement().asString().startsWith("r.yaml:7: value is a mapping").contains("quotes");
    }

    @Test
    void takesNoFileWithoutItsEnd() {
        assertThat(problems("routes: []\n")).singleElement().asString().contains("#END");
    }

    @Test
    void namesTheLineThatIsNoYaml() {
        assertThat(problems("routes:\n  - uri: [\n#END\n")).singleElement().asString().startsWith("r.yaml:");
    }
}
