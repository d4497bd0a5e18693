// SPDX-License-Identifier: Apache-2.0
package a6runner.launcher.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Whether anybody may change what the runner takes its code and its word from: write to it, or put something else in its place, by a folder above it or above a
 * symbolic link on the way to it. A folder with the sticky bit, such as {@code /tmp}, lets nobody do the latter but the owner of what lies in it: there a link
 * has to be ours, root's or the folder's owner's, as the kernel's {@code protected_symlinks} has it. What isn't there is no finding. Looks at each path once,
 * when it is first asked; for one thread.
 */
public final class OpenFolders implements Check {

    private static final String NAME = "folders";
    private static final int OTHERS_WRITE = 02;
    private static final int STICKY = 01000;
    private static final int TYPE = 0170000;
    private static final int LINK = 0120000;
    private static final int MOST_LINKS = 40; // of the kernel
    private static final int ROOT = 0;
    private static final Is NOTHING = new Is(0, ROOT);

    /** What anybody could do, by the thing that is looked at. */
    private final Map<Path, String> things = new LinkedHashMap<>();
    private final Map<Path, String> doubts = new LinkedHashMap<>(); // the same, where it is but warned of
    private final List<Path> places = new ArrayList<>();
    private final Map<Path, Is> seen = new HashMap<>(); // the things have folders in common

    /** A path's mode with its type, and its owner; a link's own. */
    private record Is(int mode, int uid) {

        boolean isOpen() {
            return (mode & OTHERS_WRITE) != 0 && (mode & TYPE) != LINK; // a link's own mode says nothing
        }

        boolean isSticky() {
            return (mode & STICKY) != 0;
        }
    }

    /** Where a path leads, and the last folder on the way in which something may be replaced; null if there is none. {@code link}: what may be, if it is a link. */
    private record Way(Path end, Path open, Path link) {}

    /** Looks at a folder or a file that nobody else may write to, nor replace; {@code danger} is what they could do then, as in "anybody may …". */
    public OpenFolders closed(Path thing, String danger) {
        things.put(thing, danger);
        return this;
    }

    /** The same, but warns of it, whatever is found: what can't be helped must not keep a runner from starting that has started so far. */
    public OpenFolders doubted(Path thing, String danger) {
        doubts.put(thing, danger);
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
        doubts.keySet().forEach(thing -> all.add(thing.toString()));
        places.forEach(place -> all.add("sockets in " + place));
        return String.join(", ", all);
    }

    /** What is wrong: faults where it is what code and settings come from, warnings where it is who gets the calls; empty if nothing is. */
    public List<Finding> wrong() {
        List<Finding> findings = new ArrayList<>();
        things.forEach((thing, danger) -> findings.addAll(wrong(thing, danger, Finding.Severity.FAULT)));
        // What lies in one folder has one mend.
        doubts.forEach((thing, danger) -> wrong(thing, danger, Finding.Severity.WARNING).stream()
                .filter(finding -> findings.stream().noneMatch(other -> other.mend().equals(finding.mend()))).forEach(findings::add));
        for (Path place : places) {
            Is is = is(way(place).end());
            if (is.isOpen() && !is.isSticky()) {
                findings.add(Finding.warning(NAME, "anybody may replace a socket in " + place + ", which is writable for all, and so get what is meant for us",
                        "chmod o-w " + place + ", or give the socket a folder of its own"));
            }
        }
        return findings;
    }

    private List<Finding> wrong(Path thing, String danger, Finding.Severity severity) {
        List<Finding> findings = new ArrayList<>();
        Way way = way(thing);
        if (is(way.end()).isOpen()) {
            findings.add(new Finding(severity, NAME, "anybody may " + danger + ": " + thing + " is writable for all", "chmod o-w " + thing));
        }
        if (way.open() != null && is(way.open()).isSticky()) {
            findings.add(new Finding(severity, NAME, "the owner of the link " + way.link() + ", user id " + Integer.toUnsignedString(is(way.link()).uid()) + ", may " + danger
                    + ": " + way.open() + " is writable for all", "name what the link leads to, or have the runner's user or root make it"));
        } else if (way.open() != null) {
            String where = way.link() == null || thing.startsWith(way.open()) ? ", above " + thing : ", with the link " + way.link() + " on the way to " + thing;
            findings.add(new Finding(severity, NAME, "anybody may " + danger + ": " + way.open() + where + ", is writable for all", "chmod o-w " + way.open()));
        }
        return findings;
    }

    /** Goes a path name by name, as the kernel does: each link on it lies in a folder of its own. */
    private Way way(Path path) {
        Deque<Path> left = new ArrayDeque<>();
        path.toAbsolutePath().forEach(left::add);
        Path at = path.toAbsolutePath().getRoot();
        Path open = null;
        Path link = null;
        for (int links = 0; !left.isEmpty();) {
            String name = left.peek().toString();
            Path entry = at.resolve(left.pop());
            if (name.isEmpty() || name.equals(".")) {
                continue;
            } else if (name.equals("..")) {
                at = at.getParent() == null ? at : at.getParent();
                continue;
            }
            boolean isLink = (is(entry).mode() & TYPE) == LINK;
            if (is(at).isOpen() && (!is(at).isSticky() || isLink && !isTrusted(entry, at))) {
                open = at;
                link = isLink ? entry : null;
            }
            Path target = isLink && links++ < MOST_LINKS ? target(entry) : null;
            if (target == null) {
                at = entry;
            } else {
                List<Path> names = new ArrayList<>();
                target.forEach(names::add);
                for (int i = names.size() - 1; i >= 0; i--) {
                    left.push(names.get(i));
                }
                at = target.isAbsolute() ? target.getRoot() : at;
            }
        }
        return new Way(at, open, link);
    }

    private boolean isTrusted(Path link, Path folder) {
        int owner = is(link).uid();
        return owner == ROOT || owner == is(folder).uid() || owner == is(Path.of("/proc/self/stat")).uid();
    }

    private static Path target(Path link) {
        try {
            return Files.readSymbolicLink(link);
        } catch (IOException e) {
            return null; // it has just gone
        }
    }

    private Is is(Path path) {
        Is known = seen.get(path);
        if (known == null) {
            try {
                Map<String, Object> attributes = Files.readAttributes(path, "unix:mode,uid", LinkOption.NOFOLLOW_LINKS);
                known = new Is((Integer) attributes.get("mode"), (Integer) attributes.get("uid"));
            } catch (IOException | UnsupportedOperationException e) {
                known = NOTHING;
            }
            seen.put(path, known);
        }
        return known;
    }
}
