// SPDX-License-Identifier: Apache-2.0
package a6runner.launcher;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ComponentsTest {

    private static String trace(Throwable thrown) {
        StringWriter text = new StringWriter();
        thrown.printStackTrace(new PrintWriter(text));
        return text.toString();
    }

    @Test
    void saysTheLastCauseWithoutItsClass() {
        assertThat(Components.rootMessage(trace(new RuntimeException("outer", new IOException("middle", new IllegalStateException("unix:/a: in use"))))))
                .isEqualTo("unix:/a: in use");
    }

    @Test
    void saysTheClassWhereThereIsNoMessage() {
        assertThat(Components.rootMessage(trace(new IllegalStateException()))).isEqualTo("java.lang.IllegalStateException");
        assertThat(Components.rootMessage(trace(new IllegalStateException("why")))).isEqualTo("why");
    }
}
