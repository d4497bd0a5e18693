// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer;

import a6runner.spi.HealthCheck;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/** Whether the folder has settled after the start, and no file in it has failed. */
final class DeployHealth implements HealthCheck {

    private final StatusBoard board;
    private final BooleanSupplier settled;

    DeployHealth(StatusBoard board, BooleanSupplier settled) {
        this.board = board;
        this.settled = settled;
    }

    @Override
    public String name() {
        return DEPLOY;
    }

    @Override
    public Health look() {
        if (!settled.getAsBoolean()) {
            return new Health(false, "the first scan of the folder is not through");
        }
        List<FileStatus> all = board.all();
        List<FileStatus> failed = all.stream().filter(status -> status.state() == FileState.FAILED).toList();
        if (!failed.isEmpty()) {
            return new Health(false, failed.stream().map(status -> status.file() + " FAILED: " + status.why()).collect(Collectors.joining("; ")));
        }
        long active = all.stream().filter(status -> status.state() == FileState.ACTIVE).count();
        return new Health(true, active + (active == 1 ? " file active" : " files active"));
    }
}
