// SPDX-License-Identifier: Apache-2.0
package a6runner.launcher.doctor;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The Java that runs this, which is the one a runner gets that is started from here; and what APISIX would find.
 *
 * @param environment the variables of this process
 */
public record JavaCheck(Map<String, String> environment) implements Check {

    private static final String NAME = "java";
    private static final int LEAST_HEAP_MB = 64;

    @Override
    public List<Finding> look() {
        List<Finding> findings = new ArrayList<>();
        String home = System.getProperty("java.home");
        findings.add(Finding.ok(NAME, "Java " + System.getProperty("java.version") + " (" + System.getProperty("java.vendor") + ") in " + home
                + ", found by " + foundBy(home)));
        String options = environment.getOrDefault("A6RUNNER_JAVA_OPTS", "");
        for (String option : options.split("\\s+")) {
            if (option.matches("-Xmx\\d+[kKmMgG]?") && megabytes(option.substring("-Xmx".length())) < LEAST_HEAP_MB) {
                findings.add(Finding.warning(NAME, "A6RUNNER_JAVA_OPTS has " + option + ", too little for long bodies and many confs",
                        "leave it at the 256 MB it is without that"));
            }
        }
        return findings;
    }

    private String foundBy(String home) {
        if (!environment.getOrDefault("A6RUNNER_JAVA_HOME", "").isEmpty()) {
            return "A6RUNNER_JAVA_HOME";
        }
        return home.equals(environment.get("JAVA_HOME")) ? "JAVA_HOME" : "the PATH or the usual folders";
    }

    private static long megabytes(String size) {
        long number = Long.parseLong(size.replaceAll("\\D", ""));
        return switch (Character.toLowerCase(size.charAt(size.length() - 1))) {
            case 'g' -> number * 1_024;
            case 'm' -> number;
            case 'k' -> number / 1_024;
            default -> number / (1_024 * 1_024);
        };
    }
}
