// SPDX-License-Identifier: Apache-2.0
package a6runner.runner.chain;

import a6runner.runner.fake.FakeEntries;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class RequestChangesTest {

    private final FakeEntries headers = FakeEntries.of("host=x", "accept=a", "accept=b", "empty=", "valueless");
    private final FakeEntries args = FakeEntries.of("a=1", "b=2", "a=3", "v", "e=");
    private final RequestChanges changes = new RequestChanges(headers, args);

    private List<String> headersSent() {
        return FakeEntries.sent(changes.headers, headers);
    }

    private List<String> argsSent() {
        return FakeEntries.sent(changes.args, args);
    }

    // ---- headers

    @Test
    void showsHeadersInAnyCaseAndTheFirstOfAName() {
        assertThat(changes.header("Accept")).isEqualTo("a");
        assertThat(changes.headerValues("ACCEPT")).containsExactly("a", "b");
        assertThat(changes.header("empty")).isEmpty();
        assertThat(changes.header("valueless")).isEmpty();
        assertThat(changes.headerValues("valueless")).containsExactly("");
        assertThat(changes.header("none")).isNull();
        assertThat(changes.headerValues("none")).isEmpty();
        assertThat(changes.headerMap()).isEqualTo(Map.of("host", "x", "accept", "a", "empty", "", "valueless", ""));
        assertThat(changes.headerMap().get("HOST")).isEqualTo("x");
        assertThat(changes.isEmpty()).isTrue();
    }

    @Test
    void takesTheShownValueForNoChange() {
        changes.setHeader("Host", "x");
        changes.setHeader("accept", "a");
        changes.setHeader("empty", "");
        changes.setHeader("none", null);
        changes.headerMap().forEach(changes::setHeader);
        assertThat(changes.isEmpty()).isTrue();
    }

    @Test
    void replacesAllValuesOfAHeader() {
        changes.setHeader("Accept", "c");
        assertThat(changes.headerValues("accept")).containsExactly("c");
        assertThat(changes.headerMap()).containsEntry("accept", "c");
        changes.setHeader("ACCEPT", "d");
        assertThat(headersSent()).containsExactly("Accept=d");
    }

    @Test
    void deletesAHeader() {
        changes.setHeader("Accept", null);
        assertThat(changes.header("accept")).isNull();
        assertThat(changes.headerValues("accept")).isEmpty();
        assertThat(changes.headerMap()).doesNotContainKey("accept");
        assertThat(headersSent()).containsExactly("-Accept");
        changes.setHeader("accept", "new");
        assertThat(changes.header("ACCEPT")).isEqualTo("new");
        assertThat(headersSent()).containsExactly("Accept=new");
    }

    @Test
    void setsAHeaderBackToWhatCame() {
        changes.setHeader("host", "y");
        changes.setHeader("host", "x");
        assertThat(changes.header("host")).isEqualTo("x");
        assertThat(headersSent()).containsExactly("host=x");
    }

    @Test
    void givesAMapOfOnesOwn() {
        changes.headerMap().put("x", "y");
        changes.headerMap().clear();
        changes.argMap().put("x", "y");
        changes.argMap().clear();
        assertThat(changes.header("x")).isNull();
        assertThat(changes.arg("x")).isNull();
        assertThat(changes.headerMap()).hasSize(4);
        assertThat(changes.argMap()).hasSize(4);
    }

    // ---- arguments

    @Test
    void showsArgumentsByTheirExactName() {
        assertThat(changes.arg("a")).isEqualTo("1");
        assertThat(changes.arg("A")).isNull();
        assertThat(changes.argValues("a")).containsExactly("1", "3");
        assertThat(changes.arg("v")).isEmpty();
        assertThat(changes.arg("e")).isEmpty();
        assertThat(changes.argValues("v")).containsExactly("");
        assertThat(changes.argMap()).containsExactly(Map.entry("a", "1"), Map.entry("b", "2"), Map.entry("v", ""), Map.entry("e", ""));
    }

    @Test
    void takesTheOnlyShownValueOfAnArgumentForNoChange() {
        changes.setArg("b", "2");
        changes.setArg("v", "");
        changes.setArg("e", "");
        changes.setArg("none", null);
        assertThat(changes.isEmpty()).isTrue();
    }

    @Test
    void setsARepeatedArgumentToItsFirstValue() {
        changes.setArg("a", "1");
        assertThat(changes.argValues("a")).containsExactly("1");
        assertThat(argsSent()).containsExactly("a=1");
    }

    @Test
    void deletesAnArgument() {
        changes.setArg("a", null);
        assertThat(changes.arg("a")).isNull();
        assertThat(changes.argValues("a")).isEmpty();
        assertThat(changes.argMap()).doesNotContainKey("a");
        assertThat(argsSent()).containsExactly("-a");
    }

    @Test
    void addsToTheValuesThatCame() {
        changes.addArg("a", "4");
        changes.addArg("v", "5");
        changes.addArg("new", "6");
        changes.addArg("new", "7");
        assertThat(changes.argValues("a")).containsExactly("1", "3", "4");
        assertThat(changes.arg("a")).isEqualTo("1");
        assertThat(changes.argValues("v")).containsExactly("", "5");
        assertThat(changes.argValues("new")).containsExactly("6", "7");
        assertThat(changes.argMap()).containsEntry("a", "1").containsEntry("v", "").containsEntry("new", "6");
        assertThat(argsSent()).as("the first of a name replaces, the next append").containsExactly("a=1", "a=3", "a=4", "v=", "v=5", "new=6", "new=7");
    }

    @Test
    void setsAfterAdding() {
        changes.addArg("a", "4");
        changes.addArg("b", "5");
        changes.setArg("a", "6");
        assertThat(changes.argValues("a")).containsExactly("6");
        assertThat(changes.argValues("b")).containsExactly("2", "5");
        assertThat(argsSent()).containsExactlyInAnyOrder("b=2", "b=5", "a=6").containsSubsequence("b=2", "b=5");
    }

    @Test
    void deletesAfterAdding() {
        changes.addArg("a", "4");
        changes.setArg("a", null);
        assertThat(changes.arg("a")).isNull();
        assertThat(changes.argValues("a")).isEmpty();
        assertThat(changes.argMap()).doesNotContainKey("a");
        assertThat(argsSent()).containsExactly("-a");
    }

    @Test
    void addsAfterDeleting() {
        changes.setArg("a", null);
        changes.addArg("a", "4");
        changes.addArg("a", "5");
        assertThat(changes.argValues("a")).containsExactly("4", "5");
        assertThat(argsSent()).containsExactly("a=4", "a=5");
    }

    @Test
    void addsAfterSetting() {
        changes.setArg("a", "7");
        changes.addArg("a", "8");
        assertThat(changes.argValues("a")).containsExactly("7", "8");
        assertThat(changes.arg("a")).isEqualTo("7");
        assertThat(argsSent()).containsExactly("a=7", "a=8");
    }

    // ---- the client's response

    @Test
    void setsAndAddsHeadersOfTheClientsResponse() {
        changes.addResponseHeader("x", "1");
        changes.addResponseHeader("X", "2");
        changes.setResponseHeader("y", "1");
        changes.setResponseHeader("Y", "2");
        assertThat(FakeEntries.sent(changes.responseHeaders, null)).containsExactly("x=1", "X=2", "Y=2");
        changes.setResponseHeader("x", "3");
        assertThat(FakeEntries.sent(changes.responseHeaders, null)).containsExactly("Y=2", "x=3");
        assertThat(changes.isEmpty()).isFalse();
    }
}
