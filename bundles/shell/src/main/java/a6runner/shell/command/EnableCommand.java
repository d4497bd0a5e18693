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
        if (!inside.require(RunnerControl.class).enable(name)) {
            return name + " was not disabled";
        }
        inside.audit("enable", name, "calls find it again");
        return name + " is enabled again";
    }
}
