// SPDX-License-Identifier: Apache-2.0
package a6runner.launcher;

import java.io.File;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;

/**
 * The terminal that this process was started at, set so that each key comes through as it is typed. What it was like before is restored on {@link #close},
 * and by a shutdown hook where a signal ends the process. {@code stty} does the work: each Linux has it, and no native library has to be unpacked.
 */
final class Terminal implements AutoCloseable {

    private static final File TTY = new File("/dev/tty");
    private static final String DEFAULT_SIZE = "80 24";

    private final String before;
    private final Thread hook = new Thread(this::restore, "a6runner-terminal");
    private boolean restored;

    private Terminal(String before) {
        this.before = before;
    }

    /** Whether stdin and stdout are a terminal; the start script has looked. */
    static boolean isThere() {
        return Boolean.getBoolean("a6runner.terminal");
    }

    /** Takes the terminal over. */
    static Terminal raw() throws IOException {
        Terminal terminal = new Terminal(stty("-g"));
        Runtime.getRuntime().addShutdownHook(terminal.hook);
        stty("raw", "-echo");
        return terminal;
    }

    /** Columns and lines, parted by a space. */
    String size() {
        try {
            String[] size = stty("size").split(" ");
            return size.length == 2 && !size[0].equals("0") ? size[1] + " " + size[0] : DEFAULT_SIZE;
        } catch (IOException e) {
            return DEFAULT_SIZE;
        }
    }

    /** Has a task run when the size changes. The class for that is the JDK's own and not in its documented part. */
    void onResize(Runnable task) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object proxy = Proxy.newProxyInstance(Terminal.class.getClassLoader(), new Class<?>[] {handler}, (self, method, arguments) -> {
                if (method.getName().equals("handle")) {
                    task.run();
                }
                return null;
            });
            signal.getMethod("handle", signal, handler).invoke(null, signal.getConstructor(String.class).newInstance("WINCH"), proxy);
        } catch (ReflectiveOperationException | IllegalArgumentException e) {
            return; // then the size stays what it was at the start
        }
    }

    @Override
    public void close() {
        restore();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // it runs
        }
    }

    private synchronized void restore() {
        if (!restored) {
            restored = true;
            try {
                stty(before);
            } catch (IOException e) {
                System.err.println("a6runner: the terminal is not as it was; say: stty sane");
            }
        }
    }

    private static String stty(String... arguments) throws IOException {
        String[] command = new String[arguments.length + 1];
        command[0] = "stty";
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        Process process = new ProcessBuilder(command).redirectInput(TTY).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).trim();
        try {
            if (process.waitFor() != 0) {
                throw new IOException("stty " + String.join(" ", arguments) + " failed: is this a terminal?");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted");
        }
        return output;
    }
}
