// SPDX-License-Identifier: Apache-2.0
package a6runner.shell.command;

import a6runner.spi.RunnerControl;
import org.apache.felix.service.command.Descriptor;

/** {@code enable NAME}: takes {@code disable} back. */
public final class EnableCommand {

    private final Inside inside;

    EnableCommand(Inside inside) {
        this.inside = inside;
    }

    @Descriptor("has calls find a plugin again that was disabled")
    public String enable(@Descriptor("NAME: of a plugin") String name) {
        return name + (inside.require(RunnerControl.class).enable(name) ? " is enabled again" : " was not disabled");
    }
}
