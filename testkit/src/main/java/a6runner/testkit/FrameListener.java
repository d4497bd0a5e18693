// SPDX-License-Identifier: Apache-2.0
package a6runner.testkit;

import a6runner.testkit.wire.Frame;
import a6runner.testkit.wire.Message.Direction;

/** Sees the frames of a connection, after they were sent or received; called on the thread that uses the connection, which waits. */
@FunctionalInterface
public interface FrameListener {

    /** A frame has gone that way. */
    void frame(Direction direction, Frame frame);
}
