// SPDX-License-Identifier: Apache-2.0
package a6runner.spi;

import java.util.concurrent.Executor;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The event loop that a connection belongs to. {@code execute} may be called from any thread and never runs the task inline; once the
 * runner has stopped the loop, tasks are dropped.
 */
@ProviderType
public interface CallLoop extends Executor {

    /** The loop's number, from 0, small and dense. Loops that replaced a stuck one have numbers of their own; after a restart of the server they begin anew. */
    int index();

    /** Whether the calling thread is this loop's. */
    boolean inLoop();

    /** Whether the loop has ended: it runs nothing any more, and what it has done is seen by who sees this. */
    boolean ended();
}
