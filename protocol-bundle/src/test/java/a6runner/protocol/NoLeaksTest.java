// SPDX-License-Identifier: Apache-2.0
package a6runner.protocol;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.List;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** Without this, a detector that Netty doesn't load would look like a product without leaks. */
class NoLeaksTest {

    @Test
    void knowsEveryBufferThatIsNotReleased() {
        assumeTrue(System.getProperty("io.netty.customResourceLeakDetector") != null, "the detector is set by the pom, not by every IDE");
        for (ByteBufAllocator allocator : List.of(new EmbeddedChannel().alloc(), UnpooledByteBufAllocator.DEFAULT)) {
            ByteBuf released = allocator.buffer(10);
            ByteBuf kept = allocator.ioBuffer(10);
            released.release();
            assertThat(OpenBuffers.isEmpty()).isFalse();
            assertThat(OpenBuffers.forget()).hasSize(1);
            kept.release();
        }
        assertThat(OpenBuffers.isEmpty()).isTrue();
    }
}
