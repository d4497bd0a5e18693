// SPDX-License-Identifier: Apache-2.0
package a6runner.launcher;

import a6runner.launcher.CommandLine.Assignment;
import a6runner.launcher.CommandLine.Command;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class CommandLineTest {

    @Test
    void readsDoctorsOptions() {
        CommandLine line = CommandLine.parse("doctor", "--address=unix:/a", "--apisix", "/c.yaml", "--json", "--set", "loops=2");
        assertThat(line.command()).isEqualTo(Command.DOCTOR);
        assertThat(line.settings()).containsExactly(new Assignment("--address", "listen.address", "unix:/a"), new Assignment("--set", "loops", "2"));
        assertThat(line.rest()).containsExactly("--apisix=/c.yaml", "--json");
        assertThatThrownBy(() -> CommandLine.parse("doctor", "--jsn")).isInstanceOf(Refusal.class)
                .hasMessage("no such option of doctor: --jsn (did you mean --json?); a6runner help lists them");
        assertThatThrownBy(() -> CommandLine.parse("doctor", "--apisix")).isInstanceOf(Refusal.class).hasMessage("--apisix: nothing after it (expected: a file)");
    }

    @Test
    void runsWhenNothingIsSaid() {
        assertThat(CommandLine.parse().command()).isEqualTo(Command.RUN);
        assertThat(CommandLine.parse("run").command()).isEqualTo(Command.RUN);
        assertThat(CommandLine.parse("--deploy", "d").command()).isEqualTo(Command.RUN);
    }

    @ParameterizedTest
    @CsvSource({"version,VERSION", "--version,VERSION", "help,HELP", "--help,HELP", "-h,HELP", "call,CALL", "shell,SHELL", "prepare,PREPARE"})
    void knowsItsCommands(String word, Command command) {
        assertThat(CommandLine.parse(word).command()).isEqualTo(command);
    }

    @Test
    void takesTheOptionsOfRunWithSpaceOrEqualsSign() {
        CommandLine line = CommandLine.parse("run", "--deploy", "d", "--config=c", "--set", "call.timeout=5s", "--set=loops = 2", "--address", "unix:/a",
                "--managed=yes");
        assertThat(line.config()).isEqualTo("c");
        assertThat(line.managed()).isTrue();
        assertThat(line.settings()).containsExactly(new Assignment("--deploy", "deploy.dir", "d"), new Assignment("--set", "call.timeout", "5s"),
                new Assignment("--set", "loops", "2"), new Assignment("--address", "listen.address", "unix:/a"));
        assertThat(CommandLine.parse("run", "--managed", "no").managed()).isFalse();
        assertThat(CommandLine.parse("run").managed()).isNull();
    }

    @Test
    void showsHelpWhereAnOptionAsksForIt() {
        assertThat(CommandLine.parse("run", "--deploy", "d", "--help").command()).isEqualTo(Command.HELP);
    }

    @Test
    void takesTheOptionsThatStandBeforeAShellsCommand() {
        CommandLine line = CommandLine.parse("shell", "--address", "unix:/a", "--data=d", "--set", "loops=2", "plugins", "--json", "--data");
        assertThat(line.command()).isEqualTo(Command.SHELL);
        assertThat(line.settings()).containsExactly(new Assignment("--address", "listen.address", "unix:/a"), new Assignment("--data", "data.dir", "d"),
                new Assignment("--set", "loops", "2"));
        assertThat(line.rest()).containsExactly("plugins", "--json", "--data");
        assertThat(CommandLine.parse("shell", "--", "--odd").rest()).containsExactly("--odd");
        assertThat(CommandLine.parse("shell").rest()).isEmpty();
        assertThat(CommandLine.parse("shell", "help").command()).isEqualTo(Command.SHELL);
        assertThatThrownBy(() -> CommandLine.parse("shell", "--jsn", "plugins")).isInstanceOf(Refusal.class).hasMessageContaining("no such option of shell: --jsn");
    }

    @Test
    void leavesAllWordsAfterCallToTheClient() {
        CommandLine line = CommandLine.parse("call", "--plugin", "noop={}", "--verbose", "--set", "x");
        assertThat(line.ownRunner()).isFalse();
        assertThat(line.rest()).containsExactly("--plugin", "noop={}", "--verbose", "--set", "x");
    }

    @Test
    void takesTheRunnersOptionsOutOfACallThatStartsOne() {
        CommandLine line = CommandLine.parse("call", "--plugin", "noop={}", "--deploy", "d", "--run", "--path=/x", "--set", "loops=1", "--verbose");
        assertThat(line.ownRunner()).isTrue();
        assertThat(line.verbose()).isTrue();
        assertThat(line.rest()).containsExactly("--plugin", "noop={}", "--path=/x");
        assertThat(line.settings()).containsExactly(new Assignment("--deploy", "deploy.dir", "d"), new Assignment("--set", "loops", "1"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "rnu|no such command: rnu (did you mean run?); a6runner help lists them",
        "frobnicate|no such command: frobnicate; a6runner help lists them",
        "run --deplyo d|no such option of run: --deplyo (did you mean --deploy?); a6runner help lists them",
        "--adress=unix:/a|no such option of run: --adress (did you mean --address?); a6runner help lists them",
        "prepare now|no such option of prepare: now (expected: --config FILE, --set key=value)",
        "run plugins|no such option of run: plugins; a6runner help lists them",
        "run --deploy|--deploy: nothing after it (expected: a folder)",
        "run --config=|--config: nothing after it (expected: a file)",
        "run --set call.timeout|--set: \"call.timeout\" (expected: key=value)",
        "run --set =5s|--set: \"=5s\" (expected: key=value)",
        "run --managed=maybe|--managed: \"maybe\" (expected: yes or no)",
    })
    void refusesWhatItDoesNotKnowInOneLine(String words, String line) {
        assertThatThrownBy(() -> CommandLine.parse(words.split(" "))).isInstanceOf(Refusal.class).hasMessage(line)
                .extracting(thrown -> ((Refusal) thrown).exitCode()).isEqualTo(2);
    }
}
