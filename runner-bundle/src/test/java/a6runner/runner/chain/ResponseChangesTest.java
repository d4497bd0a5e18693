// SPDX-License-Identifier: Apache-2.0
package a6runner.runner.chain;

import a6runner.runner.fake.FakeEntries;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ResponseChangesTest {

    private static final byte[] BODY = "new".getBytes(StandardCharsets.UTF_8);

    private final FakeEntries received = FakeEntries.of("Content-Type=text/html", "Set-Cookie=a=1", "set-cookie=b=2", "Connection=close", "Content-Length=5",
            "Transfer-Encoding=chunked", "ETag=\"1\"", "Content-Encoding=gzip", "=nameless", "x-last=1");
    private final ResponseChanges changes = new ResponseChanges(received);

    private List<String> sent() {
        return FakeEntries.sent(changes.headers(), received);
    }

    private static final String[] ALL = {"Content-Type=text/html", "Set-Cookie=a=1", "set-cookie=b=2", "ETag=\"1\"", "Content-Encoding=gzip", "x-last=1"};

    @Test
    void keepsAllHeadersButApisixsOwnAndNamelessOnes() {
        assertThat(sent()).containsExactly(ALL);
    }

    @Test
    void keepsRepeatedHeadersWhenAFilterCopiesAllBack() {
        Map.of("content-type", "text/html", "set-cookie", "a=1", "etag", "\"1\"", "content-encoding", "gzip", "x-last", "1").forEach(changes::set);
        assertThat(sent()).containsExactly(ALL);
        changes.set("x-new", "1");
        changes.set("Set-Cookie", "a=1");
        assertThat(sent()).containsExactly("Content-Type=text/html", "Set-Cookie=a=1", "set-cookie=b=2", "ETag=\"1\"", "Content-Encoding=gzip", "x-last=1",
                "x-new=1");
    }

    @Test
    void replacesAllValuesOfAHeader() {
        changes.set("SET-COOKIE", "c=3");
        assertThat(sent()).containsExactly("Content-Type=text/html", "ETag=\"1\"", "Content-Encoding=gzip", "x-last=1", "SET-COOKIE=c=3");
    }

    @Test
    void deletesAHeader() {
        changes.set("set-cookie", null);
        changes.remove("Content-Type");
        changes.set("none", null);
        changes.remove("none");
        assertThat(sent()).containsExactly("ETag=\"1\"", "Content-Encoding=gzip", "x-last=1");
    }

    @Test
    void addsAHeader() {
        changes.add("set-cookie", "c=3");
        changes.add("Set-Cookie", "a=1");
        assertThat(sent()).contains("Set-Cookie=a=1", "set-cookie=b=2", "set-cookie=c=3").hasSize(8);
        changes.set("set-cookie", "d");
        assertThat(sent()).contains("set-cookie=d").hasSize(5);
    }

    @Test
    void dropsTheOldBodysHeadersWithTheBody() {
        changes.replaceBody(BODY);
        assertThat(sent()).containsExactly("Content-Type=text/html", "Set-Cookie=a=1", "set-cookie=b=2", "x-last=1");
    }

    @Test
    void doesNotBringTheOldBodysHeadersBackWhenAFilterCopiesAllAfterTheText() {
        changes.replaceText(BODY);
        Map.of("content-type", "text/html", "etag", "\"1\"", "content-encoding", "gzip").forEach(changes::set);
        assertThat(sent()).containsExactly("Content-Type=text/html", "Set-Cookie=a=1", "set-cookie=b=2", "x-last=1");
        changes.set("etag", "\"2\"");
        changes.set("etag", "\"1\"");
        assertThat(sent()).as("set on purpose").contains("etag=\"1\"");
    }

    @Test
    void letsAPluginEncodeTheNewBodyAsTheOldOneWas() {
        changes.replaceBody(BODY);
        changes.set("content-encoding", "gzip");
        changes.set("etag", "\"1\"");
        assertThat(sent()).contains("content-encoding=gzip").noneMatch(header -> header.startsWith("etag"));
    }

    @Test
    void keepsHeadersOfTheNewBodyThatAPluginSetBefore() {
        changes.set("etag", "\"2\"");
        changes.set("content-encoding", "br");
        changes.replaceBody(BODY);
        assertThat(sent()).contains("etag=\"2\"", "content-encoding=br").hasSize(6);
    }

    @Test
    void keepsHeadersOfTheNewBodyThatAPluginSetsAfterwards() {
        changes.replaceBody(BODY);
        changes.set("etag", "\"2\"");
        changes.set("content-encoding", "br");
        changes.replaceBody(BODY);
        assertThat(sent()).contains("etag=\"2\"", "content-encoding=br").hasSize(6);
    }
}
