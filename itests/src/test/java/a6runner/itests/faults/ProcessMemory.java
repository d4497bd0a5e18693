// SPDX-License-Identifier: Apache-2.0
package a6runner.itests.faults;

import a6runner.itests.Jcmd;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The memory of a runner's process right after a garbage collection.
 *
 * @param heap used bytes of the heap
 * @param process bytes of the process that are in memory
 */
record ProcessMemory(long heap, long process) {

    /** {@code def new generation   total 9792K, used 1234K …}, {@code tenured …}: all lines before those of the metaspace. */
    private static final Pattern USED = Pattern.compile("total \\d+K, used (\\d+)K");
    private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+(\\d+) kB");

    static ProcessMemory of(Process process) {
        try {
            Jcmd.run(process.pid(), "GC.run");
            String info = Jcmd.run(process.pid(), "GC.heap_info");
            Matcher used = USED.matcher(info);
            long heap = 0;
            while (used.find()) {
                heap += Long.parseLong(used.group(1)) * 1024;
            }
            Matcher resident = RESIDENT.matcher(Files.readString(Path.of("/proc/" + process.pid() + "/status")));
            if (heap == 0 || !resident.find()) {
                throw new IllegalStateException("no figures in: " + info);
            }
            return new ProcessMemory(heap, Long.parseLong(resident.group(1)) * 1024);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String toString() {
        return "heap " + heap / 1024 + " kB, process " + process / 1024 + " kB";
    }
}
