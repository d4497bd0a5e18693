// SPDX-License-Identifier: Apache-2.0
package a6runner.protocol.takeover;

import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sockets under a {@linkplain SideFiles#temporary temporary name} that killed runners have left beside an address. That their process is dead is told by the kernel,
 * which refuses to connect to them, and not by a pid, which another container doesn't see. Static; blocks for file access.
 */
public final class Leftovers {

    private static final Logger LOG = LoggerFactory.getLogger(Leftovers.class);
    private static final Duration OLD = Duration.ofMinutes(10); // one that has just been bound, and isn't listened at yet, is refused too
    private static final int FILE_TYPE = 0170000; // of stat's st_mode
    private static final int SOCKET = 0140000;

    private Leftovers() {}

    /** Removes those of this user that are older than ten minutes; what can't be removed stays. */
    public static void sweep(Path address, Instant now) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(address.getParent(), SideFiles::isTemporary)) {
            Object me = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
            FileTime old = FileTime.from(now.minus(OLD));
            for (Path file : files) {
                Map<String, Object> is = Files.readAttributes(file, "unix:mode,uid,lastModifiedTime", LinkOption.NOFOLLOW_LINKS);
                boolean ours = ((int) is.get("mode") & FILE_TYPE) == SOCKET && me.equals(is.get("uid"));
                if (ours && ((FileTime) is.get("lastModifiedTime")).compareTo(old) < 0 && isDead(file)) {
                    Files.deleteIfExists(file);
                    LOG.info("{} removed, which a runner that was killed has left", file);
                }
            }
        } catch (IOException | RuntimeException e) {
            LOG.debug("what is left beside unix:{} could not be removed", address, e);
        }
    }

    private static boolean isDead(Path file) {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.configureBlocking(false);
            channel.connect(UnixDomainSocketAddress.of(file));
            return false;
        } catch (ConnectException e) {
            return true; // nobody listens
        } catch (IOException | RuntimeException e) {
            return false; // that can't be seen
        }
    }
}
