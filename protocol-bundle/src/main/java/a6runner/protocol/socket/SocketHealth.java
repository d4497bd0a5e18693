// SPDX-License-Identifier: Apache-2.0
package a6runner.protocol.socket;

import a6runner.spi.HealthCheck;
import java.nio.file.Files;
import java.nio.file.Path;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** Whether APISIX can connect: there is none of this as long as there is no socket. */
@Component
public final class SocketHealth implements HealthCheck {

    private final String address;

    /** Is there as long as the server is. */
    @Activate
    public SocketHealth(@Reference UnixSocketServer server) {
        address = server.address();
    }

    @Override
    public String name() {
        return SOCKET;
    }

    @Override
    public Health look() {
        if (!Files.exists(Path.of(address.substring("unix:".length())))) {
            return new Health(false, "the file of " + address + " is gone, so APISIX can't connect; restart the runner, and see what removes files there");
        }
        return new Health(true, "listening on " + address);
    }
}
