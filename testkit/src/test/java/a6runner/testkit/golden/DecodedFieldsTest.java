// SPDX-License-Identifier: Apache-2.0
package a6runner.testkit.golden;

import a6runner.testkit.wire.Entry;
import a6runner.testkit.wire.ExtraInfo;
import a6runner.testkit.wire.HttpReqCall;
import a6runner.testkit.wire.Message;
import a6runner.testkit.wire.PrepareConf;
import a6runner.testkit.wire.Text;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class DecodedFieldsTest {

    @Test
    void namesEachDifference() throws IOException {
        Message message = new HttpReqCall.Req(1, new byte[] {1}, 2, Text.of("/a"), List.of(), Entry.list("h", null), 3);

        assertThat(differences("""
                {"id": 1, "src_ip": {"hex": "01"}, "method": 2, "_method": "POST", "path": "/a", "args": [], "headers": [["h", null]], "conf_token": 3}
                """, message)).isEmpty();
        assertThat(differences("""
                {"src_ip": {"hex": "02"}, "method": 2, "_method": "POST", "path": "/b", "headers": [["h", ""]], "conf_token": 3}
                """, message)).containsExactly(
                "id: 1 (expected: 0)", "src_ip: 01 (expected: 02)", "path: /a (expected: /b)", "args: there (expected: absent)",
                "headers[0].value: absent (expected: there)");
    }

    @Test
    void comparesLongValuesByLengthAndHash() throws IOException {
        Message message = new ExtraInfo.Resp(new byte[] {0, 1, 2});

        assertThat(differences("{\"result\": {\"len\": 3, \"hex_prefix\": \"0001\"}}", message)).isEmpty();
        assertThat(differences("{\"result\": {\"len\": 4, \"hex_prefix\": \"0002\"}}", message)).hasSize(2);
        assertThat(differences("{\"result\": {\"len\": 3, \"sha256\": \"00\"}}", message)).singleElement().asString().startsWith("result's sha256");
        assertThat(differences("{}", message)).containsExactly("result: there (expected: absent)");
    }

    @Test
    void loadsAFolder(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("index.json"), """
                {"scenarios": [{"name": "one", "desc": "d", "frames": [{"file": "one.bin", "direction": "runner->apisix", "rpc": "PREPARE_CONF",
                 "message": "PrepareConf.Resp", "payload_len": 4, "conn": 1, "decoded": {"conf_token": 5}}]}]}
                """);
        assertThatThrownBy(() -> GoldenScenarios.load(folder)).isInstanceOf(NoSuchFileException.class);
        Files.write(folder.resolve("one.bin"), new PrepareConf.Resp(5).frame().toBytes());

        GoldenFrame frame = GoldenScenarios.load(folder).get(0).frames().get(0);

        assertThat(frame.decode()).isEqualTo(new PrepareConf.Resp(5));
        assertThat(frame.toRunner()).isFalse();
        assertThatThrownBy(() -> GoldenScenarios.named("none")).hasMessage("no golden scenario is named none");
        assertThat(GoldenScenarios.named("get-basic").frames("HTTPReqCall.Req")).hasSize(1);
    }

    private static List<String> differences(String stated, Message message) throws IOException {
        return DecodedFields.differences(new ObjectMapper().readTree(stated), message);
    }
}
