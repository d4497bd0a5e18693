// SPDX-License-Identifier: Apache-2.0
package a6runner.launcher.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Whether anybody may change what the runner takes its code and its word from: write to it, or put something else in its place, by a folder above it. A folder
 * with the sticky bit, such as {@code /tmp}, lets nobody do the latter. What isn't there is no finding.
 */
public final class OpenFolders implements Check {

    private static final String NAME = "folders";
    private static final int OTHERS_WRITE = 02;
    private static final int STICKY = 01000;

    /** What anybody could do, by the thing that is looked at. */
    private final Map<Path, String> things = new LinkedHashMap<>();
    private final List<Path> places = new ArrayList<>();

    /** Looks at a folder or a file that nobody else may write to, nor replace; {@code danger} is what they could do then, as in "anybody may …". */
    public OpenFolders closed(Path thing, String danger) {
        things.put(thing, danger);
        return this;
    }

    /** Looks at a socket's folder, which anybody may write to if nobody can replace what is in it. */
    public OpenFolders place(Path folder) {
        places.add(folder);
        return this;
    }

    @Override
    public List<Finding> look() {
        List<Finding> findings = wrong();
        return findings.isEmpty() ? List.of(Finding.ok(NAME, "nobody else may change " + said())) : findings;
    }

    private String said() {
        List<String> all = new ArrayList<>();
        things.keySet().forEach(thing -> all.add(thing.toString()));
        places.forEach(place -> all.add("sockets in " + place));
        return String.join(", ", all);
    }

    /** What is wrong: faults where it is what code and settings come from, warnings where it is who gets the calls; empty if nothing is. */
    public List<Finding> wrong() {
        List<Finding> findings = new ArrayList<>();
        things.forEach((thing, danger) -> {
            if ((mode(thing) & OTHERS_WRITE) != 0) {
                findings.add(Finding.fault(NAME, "anybody may " + danger + ": " + thing + " is writable for all", "chmod o-w " + thing));
            }
            above(thing, danger, findings);
        });
        for (Path place : places) {
            int mode = mode(place);
            if ((mode & OTHERS_WRITE) != 0 && (mode & STICKY) == 0) {
                findings.add(Finding.warning(NAME, "anybody may replace a socket in " + place + ", which is writable for all, and so get what is meant for us",
                        "chmod o-w " + place + ", or give the socket a folder of its own"));
            }
        }
        return findings;
    }

    private static void above(Path thing, String danger, List<Finding> findings) {
        for (Path folder = real(thing).getParent(); folder != null; folder = folder.getParent()) {
            int mode = mode(folder);
            if ((mode & OTHERS_WRITE) != 0 && (mode & STICKY) == 0) {
                findings.add(Finding.fault(NAME, "anybody may " + danger + ": " + folder + ", above " + thing + ", is writable for all", "chmod o-w " + folder));
                return;
            }
        }
    }

    private static Path real(Path path) {
        try {
            return path.toRealPath();
        } catch (IOException e) {
            return path.toAbsolutePath();
        }
    }

    private static int mode(Path path) {
        try {
            return (int) Files.getAttribute(path, "unix:mode");
        } catch (IOException | UnsupportedOperationException e) {
            return 0;
        }
    }
}
