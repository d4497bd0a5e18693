// SPDX-License-Identifier: Apache-2.0
package a6runner.protocol.takeover;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

@Timeout(30)
class AddressLockTest {

    @TempDir
    private Path folder;

    @Test
    void oneHasItAtATimeAndNothingIsLeft() throws IOException {
        Path address = folder.resolve("s");
        AddressLock first = AddressLock.acquire(address, Duration.ofSeconds(10));
        assertThat(AddressLock.tryAcquire(address)).isEmpty();
        CompletableFuture<AddressLock> second = CompletableFuture.supplyAsync(() -> AddressLock.acquire(address, Duration.ofSeconds(10)));
        assertThat(second).isNotDone();
        first.close();
        second.orTimeout(10, TimeUnit.SECONDS).join().close();
        assertThat(folder).isEmptyDirectory();
    }

    /** Who opens a FIFO hangs, and no interrupt ends that. */
    @Test
    @Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void goesOnWhereAFifoIsInItsPlace() throws IOException, InterruptedException {
        Path address = folder.resolve("s");
        Process process = new ProcessBuilder("mkfifo", SideFiles.lock(address).toString()).start();
        assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
        AddressLock.acquire(address, Duration.ofSeconds(1)).close();
        assertThat(SideFiles.lock(address)).as("it isn't ours").exists();
    }

    @Test
    void anotherProcessHasToWaitForIt() throws Exception {
        Path address = folder.resolve("s");
        AddressLock held = AddressLock.acquire(address, Duration.ofSeconds(10));
        assertThat(tryInAnotherProcess(address)).isEqualTo("has it: false");
        held.close();
        assertThat(tryInAnotherProcess(address)).isEqualTo("has it: true");
    }

    private static String tryInAnotherProcess(Path address) throws IOException {
        Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp", System.getProperty("java.class.path"),
                Another.class.getName(), address.toString()).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        try (BufferedReader out = process.inputReader()) {
            return out.readLine();
        } finally {
            process.destroy();
        }
    }

    /** A process that tries to take the lock, and says whether it did. */
    static final class Another {

        private Another() {}

        public static void main(String[] args) throws IOException {
            System.out.println("has it: " + AddressLock.tryAcquire(Path.of(args[0])).isPresent());
        }
    }

    @Test
    void whoCannotHaveItGoesOn() {
        AddressLock.acquire(folder.resolve("no/such/folder/s"), Duration.ofSeconds(10)).close();
        AddressLock held = AddressLock.acquire(folder.resolve("s"), Duration.ofSeconds(1));
        AddressLock.acquire(folder.resolve("s"), Duration.ofMillis(1)).close();
        assertThat(folder.toFile().list()).hasSize(1);
        held.close();
    }
}
