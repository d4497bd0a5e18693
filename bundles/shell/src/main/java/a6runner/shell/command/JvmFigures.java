// SPDX-License-Identifier: Apache-2.0
package a6runner.shell.command;

import a6runner.spi.CommandTable.Cell;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/** What the JVM and the kernel say of this process. */
final class JvmFigures {

    private static final Path STATUS = Path.of("/proc/self/status");

    private JvmFigures() {
    }

    static void uptime(Map<String, Object> stats) {
        stats.put("pid", ProcessHandle.current().pid());
        stats.put("java", System.getProperty("java.version"));
        stats.put("up for", Cell.age(ManagementFactory.getRuntimeMXBean().getUptime() / 1_000));
    }

    static void memory(Map<String, Object> stats) {
        Runtime runtime = Runtime.getRuntime();
        stats.put("heap used", bytes(runtime.totalMemory() - runtime.freeMemory()));
        stats.put("heap max", bytes(runtime.maxMemory()));
        stats.put("memory of the process", bytes(resident()));
        stats.put("threads", ManagementFactory.getThreadMXBean().getThreadCount());
        stats.put("open files", openFiles());
        ManagementFactory.getGarbageCollectorMXBeans().forEach(collector -> {
            stats.put("collections " + collector.getName(), collector.getCollectionCount());
            stats.put("time in " + collector.getName(), Cell.millis(collector.getCollectionTime()));
        });
    }

    private static Cell bytes(long bytes) {
        return new Cell(bytes < 0 ? "-" : String.format(Locale.ROOT, "%.1f MB", bytes / 1e6), bytes < 0 ? null : bytes);
    }

    private static long resident() {
        try {
            return Files.readAllLines(STATUS).stream().filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1_024).findFirst().orElse(-1);
        } catch (IOException e) {
            return -1; // no Linux
        }
    }

    private static Object openFiles() {
        String[] files = new File("/proc/self/fd").list();
        return files == null ? null : files.length;
    }
}
