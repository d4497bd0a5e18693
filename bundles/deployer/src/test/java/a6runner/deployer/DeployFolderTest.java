// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.Condition;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class DeployFolderTest {

    private static final byte[] ONE = PluginJar.hello("1").bytes();
    private static final byte[] TWO = PluginJar.hello("2").bytes();

    @TempDir
    private Path dir;
    private Path deploy;
    private DeployFolder folder;
    private long nanos;
    private long millis = System.currentTimeMillis();
    private long writes;

    @BeforeEach
    void open() throws IOException {
        deploy = Files.createDirectories(dir.resolve("deploy"));
        folder = new DeployFolder(deploy, new ContentStore(dir.resolve("store")), () -> nanos, () -> millis, true);
    }

    @Test
    void aFileThatWasWrittenLongAgoArrivesAtOnceAndOnce() throws IOException {
        write("a.jar", ONE);
        pass(5_000);
        DeployFolder.Changes changes = folder.scan();
        assertThat(changes.arrived()).singleElement().satisfies(content -> {
            assertThat(content.file()).isEqualTo("a.jar");
            assertThat(content.symbolicName()).isEqualTo("test.hello");
            assertThat(content.jar()).hasBinaryContent(ONE).hasFileName(content.sha256() + ".jar");
        });
        assertThat(changes.lookAgain()).isEqualTo(Long.MAX_VALUE);
        assertNothing(folder.scan());
    }

    private static void mode(Path file, String permissions) throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
    }

    @Test
    void aFileThatAnybodyMayWriteToIsRefusedUntilThatIsMended() throws IOException {
        write("a.jar", ONE);
        write("b.cfg", "x = 1".getBytes(StandardCharsets.UTF_8));
        Path jar = deploy.resolve("a.jar");
        mode(jar, "rw-rw-rw-");
        mode(deploy.resolve("b.cfg"), "rw-r--rw-");
        pass(5_000);
        DeployFolder.Changes changes = folder.scan();
        assertThat(changes.arrived()).isEmpty();
        assertThat(changes.configs()).isEmpty();
        assertThat(changes.refused().get("a.jar")).hasMessage("it is writable for all, so anybody may put another plugin in its place, and so run code in the runner; chmod o-w "
                + jar + ", or set folders.open = warn");
        assertThat(changes.refused().get("b.cfg")).hasMessageStartingWith("it is writable for all, so anybody may change what it says; chmod o-w ");
        assertNothing(folder.scan());
        mode(jar, "rw-rw-r--"); // as the group of who deploys may
        pass(5_000);
        assertThat(folder.scan().arrived()).hasSize(1);
    }

    @Test
    void aFileThatAnybodyMayWriteToIsTakenWithAWarningWhereThatIsSaid() throws IOException {
        folder = new DeployFolder(deploy, new ContentStore(dir.resolve("store")), () -> nanos, () -> millis, false);
        write("a.jar", ONE);
        write("b.jar", TWO);
        mode(deploy.resolve("a.jar"), "rw-rw-rw-");
        pass(5_000);
        Logger logger = (Logger) LoggerFactory.getLogger(DeployFolder.class);
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        logger.addAppender(log);
        try {
            assertThat(folder.scan().arrived()).hasSize(2);
            assertNothing(folder.scan());
            assertThat(log.list).extracting(ILoggingEvent::getFormattedMessage)
                    .containsExactly("anybody may change what the runner takes from " + deploy + ": a.jar is writable for all (mend: chmod o-w)");
        } finally {
            logger.detachAppender(log);
        }
    }

    @Test
    void aFreshFileArrivesWhenItHasBeenQuiet() throws IOException {
        write("a.jar", ONE);
        DeployFolder.Changes changes = folder.scan();
        assertThat(changes.arrived()).isEmpty();
        assertThat(changes.lookAgain()).isEqualTo(DeployFolder.QUIET_NANOS);
        pass(20);
        assertThat(folder.scan().lookAgain()).isEqualTo(TimeUnit.MILLISECONDS.toNanos(30));
        pass(30);
        assertThat(folder.scan().arrived()).hasSize(1);
    }

    @Test
    void aFileThatIsWrittenInPiecesArrivesWhenItIsWhole() throws IOException {
        for (int length = 0; length < ONE.length; length += ONE.length / 4) {
            write("a.jar", Arrays.copyOf(ONE, length));
            assertNothing(folder.scan());
            pass(60); // Each piece is quiet for a while, but there is no table of contents.
            assertNothing(folder.scan());
        }
        write("a.jar", ONE);
        assertNothing(folder.scan());
        pass(60);
        assertThat(folder.scan().arrived()).hasSize(1);
    }

    @Test
    void aFileThatChangesBetweenTwoLooksIsNotQuiet() throws IOException {
        write("a.jar", ONE);
        folder.scan();
        pass(60);
        write("a.jar", TWO);
        assertNothing(folder.scan());
        pass(60);
        assertThat(folder.scan().arrived()).singleElement().satisfies(content -> assertThat(content.facts().version()).hasToString("2.0.0"));
    }

    @Test
    void anotherContentArrivesTheSameDoesNot() throws IOException {
        arrive("a.jar", ONE);
        write("a.jar", ONE);
        pass(60);
        assertNothing(folder.scan());
        pass(60);
        assertNothing(folder.scan());
        assertThat(arrive("a.jar", TWO).arrived()).hasSize(1);
        assertThat(arrive("a.jar", ONE).arrived()).hasSize(1);
    }

    @Test
    void aHalfWrittenUpgradeThatIsTakenBackIsNothing() throws IOException {
        arrive("a.jar", ONE);
        assertNothing(arrive("a.jar", Arrays.copyOf(TWO, 100)));
        assertNothing(arrive("a.jar", ONE));
    }

    @Test
    void refusesOnceWhatIsNotAJarWhenItHasWaitedLongEnough() throws IOException {
        assertNothing(arrive("a.jar", new byte[] {1, 2, 3}));
        pass(DeployFolder.GIVE_UP_MILLIS);
        assertThat(folder.scan().refused()).containsOnlyKeys("a.jar").hasValueSatisfying(message("not a jar file"));
        assertNothing(folder.scan());
        assertThat(arrive("a.jar", ONE).arrived()).hasSize(1);
    }

    @Test
    void aFileThatIsEmptiedIsWaitedForThoughItsTimeIsStillTheOldOne() throws IOException {
        arrive("a.jar", ONE);
        pass(5_000);
        FileTime before = Files.getLastModifiedTime(deploy.resolve("a.jar"));
        Files.write(deploy.resolve("a.jar"), new byte[0]);
        Files.setLastModifiedTime(deploy.resolve("a.jar"), before); // as a file system may show it that sets the length first
        assertNothing(folder.scan());
        pass(60);
        assertNothing(folder.scan());
        assertThat(arrive("a.jar", TWO).arrived()).hasSize(1);
        write("a.jar", new byte[0]);
        folder.scan();
        pass(DeployFolder.GIVE_UP_MILLIS);
        assertThat(folder.scan().refused()).hasValueSatisfying(message("the file is empty"));
    }

    @Test
    void refusesAnEmptyFileAndAJarThatIsNoBundle() throws IOException {
        write("empty.jar", new byte[0]);
        write("plain.jar", PluginJar.plain().bytes());
        pass(5_000);
        DeployFolder.Changes changes = folder.scan();
        assertThat(changes.refused()).containsOnlyKeys("empty.jar", "plain.jar");
        assertThat(changes.refused().get("empty.jar")).hasMessage("the file is empty");
        assertThat(changes.refused().get("plain.jar")).hasMessage("it offers no plugin: there is no class in it");
        write("plain.jar", PluginJar.plain().bytes());
        pass(5_000);
        assertNothing(folder.scan());
    }

    @Test
    void tellsOfARemovedAndOfARenamedFile() throws IOException {
        arrive("a.jar", ONE);
        Files.move(deploy.resolve("a.jar"), deploy.resolve("b.jar"));
        pass(5_000);
        DeployFolder.Changes changes = folder.scan();
        assertThat(changes.removed()).containsExactly("a.jar");
        assertThat(changes.arrived()).extracting(Content::file).containsExactly("b.jar");
        Files.delete(deploy.resolve("b.jar"));
        assertThat(folder.scan().removed()).containsExactly("b.jar");
        assertNothing(folder.scan());
    }

    @Test
    void seesAFileThatWasRenamedOverAnother() throws IOException {
        arrive("a.jar", ONE);
        write("a.jar.part", TWO);
        assertNothing(folder.scan());
        Files.move(deploy.resolve("a.jar.part"), deploy.resolve("a.jar"), StandardCopyOption.ATOMIC_MOVE);
        pass(5_000);
        assertThat(folder.scan().arrived()).hasSize(1);
    }

    @Test
    void followsLinksAndSeesThemTurn() throws IOException {
        Files.createDirectories(deploy.resolve("..v1"));
        Files.createDirectories(deploy.resolve("..v2"));
        write("..v1/a.jar", ONE);
        write("..v2/a.jar", TWO);
        Files.createSymbolicLink(deploy.resolve("..data"), Path.of("..v1"));
        Files.createSymbolicLink(deploy.resolve("a.jar"), Path.of("..data/a.jar"));
        pass(5_000);
        assertThat(folder.scan().arrived()).hasSize(1);
        Files.createSymbolicLink(deploy.resolve("..new"), Path.of("..v2"));
        Files.move(deploy.resolve("..new"), deploy.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);
        assertThat(folder.scan().arrived()).singleElement().satisfies(content -> assertThat(content.facts().version()).hasToString("2.0.0"));
    }

    @Test
    void looksAtNothingElse() throws IOException {
        for (String name : new String[] {".hidden.jar", "a.jar.part", "a.jar.tmp", "README.md"}) {
            write(name, ONE);
        }
        pass(5_000);
        assertNothing(folder.scan());
    }

    @Test
    void saysOfAFolderAndOfALinkToNowhereWhatTheyAre() throws IOException {
        Files.createDirectories(deploy.resolve("folder.jar"));
        Files.createSymbolicLink(deploy.resolve("dangling.jar"), Path.of("nowhere.jar"));
        DeployFolder.Changes changes = folder.scan();
        assertThat(changes.refused()).containsOnlyKeys("folder.jar", "dangling.jar");
        assertThat(changes.refused().get("folder.jar")).hasMessage("it is a folder: put the file itself here");
        assertThat(changes.refused().get("dangling.jar")).hasMessage("it is a symbolic link to nowhere.jar, which isn't there: put the file there, or take the link away");
        assertNothing(folder.scan());
        write("nowhere.jar", ONE);
        pass(5_000);
        assertThat(folder.scan().arrived()).extracting(Content::file).containsExactlyInAnyOrder("dangling.jar", "nowhere.jar");
    }

    @Test
    void saysWhatItWaitsFor() throws IOException {
        write("a.jar", ONE);
        assertThat(folder.scan().waiting()).containsExactly(Map.entry("a.jar", "it is being written"));
        write("a.jar", Arrays.copyOf(ONE, 100));
        folder.scan();
        pass(60);
        assertThat(folder.scan().waiting()).containsExactly(Map.entry("a.jar", "it is not a complete jar yet"));
        assertThat(arrive("a.jar", ONE).waiting()).isEmpty();
    }

    @Test
    void readsConfigurationFiles() throws IOException {
        write("com.x.cfg", "port = 80\nname = Zoë".getBytes(StandardCharsets.UTF_8));
        write("com.y~one.config", "port=I\"80\"".getBytes(StandardCharsets.UTF_8));
        write("com.z.config", "port = none".getBytes(StandardCharsets.UTF_8));
        write(".cfg", new byte[0]);
        pass(5_000);
        DeployFolder.Changes changes = folder.scan();
        assertThat(changes.configs()).extracting(ConfigFile::key).containsExactly("com.x", "com.y~one");
        assertThat(changes.configs().get(0).properties()).isEqualTo(Map.of("port", "80", "name", "Zoë"));
        assertThat(changes.configs().get(1).properties()).isEqualTo(Map.of("port", 80));
        assertThat(changes.refused()).containsOnlyKeys("com.z.config").hasValueSatisfying(message("can't be read as a .config file"));
        Files.delete(deploy.resolve("com.x.cfg"));
        assertThat(folder.scan().removed()).containsExactly("com.x.cfg");
    }

    @Test
    void aConfigurationThatIsFilledInSeveralWritesIsTakenOnce() throws IOException {
        write("com.x.cfg", new byte[0]);
        for (String text : new String[] {"", "a = 1", "a = 1\nb = 2"}) {
            write("com.x.cfg", text.getBytes(StandardCharsets.UTF_8));
            DeployFolder.Changes changes = folder.scan();
            assertThat(changes.configs()).isEmpty();
            assertThat(changes.waiting()).containsExactly(Map.entry("com.x.cfg", "it is being written"));
            pass(300);
            assertThat(folder.scan().configs()).isEmpty();
        }
        pass(100);
        assertThat(folder.scan().configs()).singleElement().satisfies(config -> assertThat(config.properties()).isEqualTo(Map.of("a", "1", "b", "2")));
    }

    @Test
    void anEmptyConfigurationIsWaitedForAndThenOneWithoutValues() throws IOException {
        write("com.x.cfg", new byte[0]);
        write("com.y.config", new byte[0]);
        folder.scan();
        pass(DeployFolder.GIVE_UP_MILLIS - 100);
        assertThat(folder.scan().configs()).isEmpty();
        pass(100);
        DeployFolder.Changes changes = folder.scan();
        assertThat(changes.refused()).isEmpty();
        assertThat(changes.configs()).extracting(ConfigFile::properties).containsExactly(Map.of(), Map.of());
    }

    @Test
    void aJarWaitsForItsConfigurationAndForNoOther() throws IOException {
        byte[] named = PluginJar.of("1", "Named", "activate='activate'", "").bytes();
        write("a.jar", named);
        write("b.jar", ONE);
        write("test.named.cfg", "name = one".getBytes(StandardCharsets.UTF_8));
        folder.scan();
        pass(60);
        DeployFolder.Changes changes = folder.scan();
        assertThat(changes.arrived()).extracting(Content::file).containsExactly("b.jar");
        assertThat(changes.lookAgain()).isEqualTo(TimeUnit.MILLISECONDS.toNanos(340));
        pass(340);
        changes = folder.scan();
        assertThat(changes.configs()).hasSize(1);
        assertThat(changes.arrived()).extracting(Content::file).containsExactly("a.jar");
    }

    @Test
    void aJarWaitsForAConfigurationThatIsWrittenToAllTheTimeForAWhileOnly() throws IOException {
        write("a.jar", PluginJar.of("1", "Named", "activate='activate'", "").bytes());
        for (int i = 0; i < 4; i++) {
            write("test.named.cfg", ("name = " + i).getBytes(StandardCharsets.UTF_8));
            assertNothing(folder.scan());
            pass(200);
        }
        write("test.named.cfg", "name = last".getBytes(StandardCharsets.UTF_8));
        DeployFolder.Changes changes = folder.scan();
        assertThat(changes.arrived()).hasSize(1);
        assertThat(changes.configs()).isEmpty();
    }

    @Test
    void refusesATypedConfigurationThatEndsWithinAValue() throws IOException {
        String[] broken = {"word=\"fine\nx=", "word=\"fine", "a=\"1\"\nlist=[\"x\",", "list=[\"x\"", "a=\"1\"\nb=", "a=I"};
        for (int i = 0; i < broken.length; i++) {
            write("broken" + i + ".config", broken[i].getBytes(StandardCharsets.UTF_8));
        }
        String[] whole = {"a=\"1\"", "a=\"1\"\n", "# only a remark", "# a remark\na=\"1\"", "a=[\"x\", \\\n  \"y\"]", "a=\"say \\\"x\\\"\"", "a=I\"1\"  ", "a=\"two\nlines\"\r\n", "a=\"x[\" # and \"\nb=I[\"1\"]\n#"};
        for (int i = 0; i < whole.length; i++) {
            write("whole" + i + ".config", whole[i].getBytes(StandardCharsets.UTF_8));
        }
        pass(5_000);
        DeployFolder.Changes changes = folder.scan();
        assertThat(changes.refused()).containsOnlyKeys("broken0.config", "broken1.config", "broken2.config", "broken3.config", "broken4.config", "broken5.config");
        assertThat(changes.refused().get("broken0.config")).hasMessage("it can't be read as a .config file: it ends within a value; end that, each text with a \", each list with its bracket");
        assertThat(changes.configs()).hasSize(whole.length);
    }

    @Test
    void aStoreThatCannotBeWrittenToIsNamedAndNotTheFile() throws IOException {
        write("a.jar", ONE);
        pass(5_000);
        Path store = dir.resolve("store");
        Files.delete(store);
        Files.createFile(store); // not even a delete works in it
        assertThat(folder.scan().refused().get("a.jar")).hasMessageStartingWith("no copy of it can be put into " + store).hasMessageContaining("set data.dir to another folder");
        Files.delete(store);
        Files.createDirectory(store);
        pass(5_000);
        assertThat(folder.scan().arrived()).singleElement().extracting(Content::file).isEqualTo("a.jar");
    }

    @Test
    void seesWhatIsForced() throws IOException {
        write("a.jar.force", new byte[0]);
        assertThat(folder.scan().forced()).containsExactly("a.jar");
    }

    @Test
    void aFolderMayComeLateAndTakesNothingDownWhenItGoes() throws IOException {
        Files.delete(deploy);
        assertNothing(folder.scan());
        Files.createDirectories(deploy);
        arrive("a.jar", ONE);
        Files.move(deploy, dir.resolve("away"));
        assertThatExceptionOfType(NoSuchFileException.class).isThrownBy(() -> folder.scan());
        Files.move(dir.resolve("away"), deploy);
        assertNothing(folder.scan());
    }

    private DeployFolder.Changes arrive(String name, byte[] bytes) throws IOException {
        write(name, bytes);
        folder.scan();
        pass(60);
        return folder.scan();
    }

    /** Each write has a modification time of its own, whatever the file system's clock does. */
    private void write(String name, byte[] bytes) throws IOException {
        Files.write(deploy.resolve(name), bytes);
        Files.setLastModifiedTime(deploy.resolve(name), FileTime.fromMillis(millis - ++writes % 100));
    }

    private void pass(long time) {
        nanos += TimeUnit.MILLISECONDS.toNanos(time);
        millis += time;
    }

    private static void assertNothing(DeployFolder.Changes changes) {
        assertThat(changes.arrived()).isEmpty();
        assertThat(changes.refused()).isEmpty();
        assertThat(changes.removed()).isEmpty();
    }

    private static Condition<Refusal> message(String text) {
        return new Condition<>(refusal -> refusal.getMessage().contains(text), "says: " + text);
    }
}
