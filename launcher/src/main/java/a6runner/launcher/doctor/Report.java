// SPDX-License-Identifier: Apache-2.0
package a6runner.launcher.doctor;

import a6runner.launcher.doctor.Finding.Severity;
import a6runner.spi.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** All findings, for people or for programs. */
public final class Report {

    private static final int NAME_WIDTH = 10;

    private final List<Finding> findings = new ArrayList<>();

    /** Has a check look; one that fails itself is a finding too. */
    public void add(String name, Check check) {
        try {
            findings.addAll(check.look());
        } catch (RuntimeException e) {
            findings.add(Finding.fault(name, "could not be looked at: " + e, "report this as a bug of a6runner doctor"));
        }
    }

    /** 0 where nothing is wrong, 1 where at least one thing is. Warnings are nothing wrong. */
    public int exitCode() {
        return count(Severity.FAULT) == 0 ? 0 : 1;
    }

    private long count(Severity severity) {
        return findings.stream().filter(finding -> finding.severity() == severity).count();
    }

    /** A line each, what to change on a line below it, and how many there are of what is wrong. */
    public String text() {
        StringBuilder text = new StringBuilder();
        for (Finding finding : findings) {
            text.append(sign(finding.severity())).append(pad(finding.check())).append(finding.what()).append('\n');
            if (!finding.mend().isEmpty()) {
                text.append(" ".repeat(sign(finding.severity()).length())).append(pad("")).append("-> ").append(finding.mend()).append('\n');
            }
        }
        long faults = count(Severity.FAULT);
        long warnings = count(Severity.WARNING);
        return text.append(faults == 0 ? "nothing is wrong" : faults + (faults == 1 ? " fault" : " faults"))
                .append(warnings == 0 ? "" : ", " + warnings + (warnings == 1 ? " warning" : " warnings")).append('\n').toString();
    }

    private static String sign(Severity severity) {
        return switch (severity) {
            case OK -> "ok     ";
            case NOTE -> "note   ";
            case WARNING -> "WARN   ";
            case FAULT -> "FAULT  ";
        };
    }

    private static String pad(String name) {
        return name + " ".repeat(Math.max(1, NAME_WIDTH - name.length()));
    }

    /** An object: {@code faults} and {@code warnings} as numbers, {@code findings} as an array of objects. */
    public String json() {
        List<Map<String, Object>> all = new ArrayList<>();
        for (Finding finding : findings) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("severity", finding.severity().name().toLowerCase(Locale.ROOT));
            one.put("check", finding.check());
            one.put("what", finding.what());
            one.put("mend", finding.mend());
            all.add(one);
        }
        Map<String, Object> report = new LinkedHashMap<>();
        report.put("faults", count(Severity.FAULT));
        report.put("warnings", count(Severity.WARNING));
        report.put("findings", all);
        return Json.of(report) + "\n";
    }
}
