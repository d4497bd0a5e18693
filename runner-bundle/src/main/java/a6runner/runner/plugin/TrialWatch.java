// SPDX-License-Identifier: Apache-2.0
package a6runner.runner.plugin;

import a6runner.runner.plugin.StepTimes.Sums;
import a6runner.spi.Canary;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.osgi.framework.Bundle;

/**
 * Looks how a trial goes: compares what happened to the new version's calls within the window with what happened to those of the version before. It reads the counts
 * that each version keeps anyway, so a call costs nothing more. Any thread; holds its lock for a moment.
 */
final class TrialWatch {

    /** In how many parts the window slides. */
    private static final int PARTS = 20;
    /** So many of the first calls find the code cold: their times aren't counted. */
    private static final int COLD_CALLS = 100;

    /** What has happened to the calls of one version so far. */
    private record Counts(Sums times, long refused, long errors) {

        static Counts of(Collection<PluginVersion> versions) {
            Sums times = Sums.NONE;
            long refused = 0;
            long stops = 0;
            for (PluginVersion version : versions) {
                times = times.plus(version.times());
                refused += version.refused();
                stops += version.errorStops();
            }
            return new Counts(times, refused, refused + stops);
        }

        Counts since(Counts earlier) {
            return new Counts(times.minus(earlier.times), refused - earlier.refused, errors - earlier.errors);
        }

        long calls() {
            return times.count() + refused;
        }

        double errorShare() {
            return calls() == 0 ? 0 : (double) errors / calls();
        }

        String errorsOfCalls() {
            return String.format(Locale.ROOT, "%.1f %% (%d of %d calls)", errorShare() * 100, errors, calls());
        }
    }

    private record Sample(long at, Counts candidate, Counts before) {}

    private static final class Course {
        final Deque<Sample> samples = new ArrayDeque<>(); // the oldest is the window's begin, or older
        Sample warm; // once the candidate's code isn't cold any more
    }

    private final Map<Bundle, Course> courses = new HashMap<>();

    /** Forgets trials that are over. */
    synchronized void retain(Collection<Bundle> bundles) {
        courses.keySet().retainAll(bundles);
    }

    /** Looks at a trial; gives why it is worse, if it is. The first look begins it. */
    synchronized Optional<String> look(Trial trial, long now) {
        Canary canary = trial.canary();
        Course course = courses.computeIfAbsent(trial.bundle(), bundle -> new Course());
        Sample latest = new Sample(now, Counts.of(trial.candidates().values()), Counts.of(trial.before().values()));
        long window = TimeUnit.MILLISECONDS.toNanos(canary.windowMillis());
        if (course.samples.isEmpty() || now - course.samples.peekLast().at >= window / PARTS) {
            course.samples.add(latest);
        }
        while (course.samples.size() > 1 && now - secondOldest(course).at >= window) {
            course.samples.remove();
        }
        Sample begin = course.samples.peek();
        if (course.warm == null && latest.candidate.calls() >= COLD_CALLS) {
            course.warm = latest;
        }
        Counts candidate = latest.candidate.since(begin.candidate);
        Counts before = latest.before.since(begin.before);
        if (candidate.calls() < canary.minCalls()) {
            return Optional.empty();
        }
        if (candidate.errorShare() > before.errorShare() + canary.errorMargin()) {
            return Optional.of("its error rate is " + candidate.errorsOfCalls() + ", that of the version before " + before.errorsOfCalls());
        }
        return course.warm == null ? Optional.empty() : slower(canary, latest, begin.at - course.warm.at > 0 ? begin : course.warm);
    }

    private static Sample secondOldest(Course course) {
        return course.samples.stream().skip(1).findFirst().orElseThrow();
    }

    private static Optional<String> slower(Canary canary, Sample latest, Sample begin) {
        Sums candidate = latest.candidate.since(begin.candidate).times;
        Sums before = latest.before.since(begin.before).times;
        if (candidate.count() < canary.minCalls() || before.count() < canary.minCalls()) {
            return Optional.empty();
        }
        long its = candidate.within(0.99);
        long other = before.within(0.99);
        boolean worse = its > other * canary.p99Factor() && its - other > TimeUnit.MILLISECONDS.toNanos(Canary.P99_LEAST_MILLIS);
        return worse ? Optional.of(String.format(Locale.ROOT, "its 99th percentile is %.1f ms (of %d calls), that of the version before %.1f ms (of %d)", its / 1e6, candidate.count(),
                other / 1e6, before.count())) : Optional.empty();
    }
}
