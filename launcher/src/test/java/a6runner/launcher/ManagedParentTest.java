// SPDX-License-Identifier: Apache-2.0
package a6runner.launcher;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ManagedParentTest {

    @Test
    void isNotThereUnlessTheScriptSaysSo() {
        assertThat(ManagedParent.isThere()).isFalse();
    }

    @Test
    void readsStdinToItsEnd() throws IOException {
        InputStream in = new ByteArrayInputStream(new byte[1_000]);
        ManagedParent.awaitEnd(in);
        assertThat(in.available()).isZero();
    }

    @Test
    void takesAnErrorForTheEnd() {
        ManagedParent.awaitEnd(new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("gone");
            }
        });
    }
}
