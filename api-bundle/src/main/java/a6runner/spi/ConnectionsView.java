// SPDX-License-Identifier: Apache-2.0
package a6runner.spi;

import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/** Looks at APISIX's connections: for shell and metrics. Implemented by the protocol's bundle. Any thread but an event loop's; may block for a second. */
@ProviderType
public interface ConnectionsView {

    /**
     * A connection of APISIX.
     *
     * @param loop the number of its event loop
     * @param peerPid the process at the other end, an APISIX worker's; -1 where the system doesn't tell
     * @param ageSeconds since it was opened
     * @param calls how many have come over it, PREPARE_CONF included
     * @param state {@code idle}, {@code prepare}, {@code request} or {@code response} for a call in flight, {@code receiving} for half a frame
     */
    record Connection(int loop, long peerPid, long ageSeconds, long calls, String state) {}

    /**
     * An event loop.
     *
     * @param connections how many it has
     * @param state {@code serving}; {@code stuck} if a plugin holds it; {@code replaced} if another one takes new connections in its place
     */
    record Loop(int index, int connections, String state) {}

    /** All connections, the oldest first; those of a loop that doesn't answer within a second are left out. */
    List<Connection> connections();

    /** All event loops. */
    List<Loop> loops();
}
