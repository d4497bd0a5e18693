// SPDX-License-Identifier: Apache-2.0
package a6runner.testkit.dev;

import a6runner.testkit.gateway.Routes;
import a6runner.testkit.gateway.RoutesFile;
import a6runner.testkit.gateway.RoutesFileException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** The routes of a file as it is now: looks at it a few times a second; a state of it that is no good leaves the routes as they were. Any thread. */
final class RoutesWatch implements Supplier<Routes> {

    private static final long LOOK_MILLIS = 250;

    private record Stamp(long modifiedMillis, long size, Object file) {}

    private final Path file;
    private final Consumer<String> say;
    private volatile Routes routes;
    private Stamp seen;

    /** Reads the file; throws what is wrong with it. */
    RoutesWatch(Path file, Consumer<String> say) throws IOException, RoutesFileException {
        this.file = file;
        this.say = say;
        seen = stamp();
        routes = RoutesFile.read(file, seen.modifiedMillis() / 1000);
    }

    @Override
    public Routes get() {
        return routes;
    }

    /** Looks from now on, on a thread of its own. */
    void start() {
        Every.millis(LOOK_MILLIS, "routes-watch", this::look);
    }

    private void look() {
        try {
            Stamp now = stamp();
            if (now.equals(seen)) {
                return;
            }
            seen = now;
            routes = RoutesFile.read(file, Math.max(routes.version() + 1, now.modifiedMillis() / 1000));
            say.accept("routes: " + routes.routes().size() + " taken over from " + file);
        } catch (RoutesFileException e) {
            say.accept("routes: not taken over, those from before stay:");
            List<String> problems = e.problems();
            problems.forEach(problem -> say.accept("  " + problem));
        } catch (IOException e) {
            return; // being replaced, or taken away: what was read stays
        }
    }

    private Stamp stamp() throws IOException {
        BasicFileAttributes is = Files.readAttributes(file, BasicFileAttributes.class);
        return new Stamp(is.lastModifiedTime().toMillis(), is.size(), is.fileKey());
    }
}
