// SPDX-License-Identifier: Apache-2.0
package a6runner.shell.session;

import a6runner.shell.ShellSession;
import a6runner.shell.command.ExitCommand;
import a6runner.spi.Setting;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import org.apache.felix.gogo.jline.Highlighter;
import org.apache.felix.gogo.jline.Parser;
import org.apache.felix.gogo.jline.Shell;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Job;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal.Signal;
import org.jline.terminal.impl.LineDisciplineTerminal;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A dialogue: lines are edited here, the client only passes on what is typed and what is to be shown. Ctrl-C gives up a line or ends a command, Ctrl-D on an
 * empty line leaves. What was typed is kept in {@code shell.history} in the data folder.
 */
public final class TerminalSession implements ShellSession {

    private static final Logger LOG = LoggerFactory.getLogger(TerminalSession.class);
    private static final String PROMPT = "a6> ";
    private static final String HISTORY = "shell.history";
    private static final int HISTORY_LINES = 500;

    private final Gogo gogo;
    private final LineDisciplineTerminal terminal;
    private final CommandSession session;
    private volatile boolean over;

    public TerminalSession(Gogo gogo, String type, int columns, int lines, OutputStream out) {
        this.gogo = gogo;
        try {
            terminal = new LineDisciplineTerminal("a6runner", type, new BufferedOutputStream(out), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        terminal.setSize(new Size(columns, lines));
        terminal.handle(Signal.INT, signal -> interruptJob());
        PrintStream screen = new PrintStream(terminal.output(), true, StandardCharsets.UTF_8);
        session = gogo.session(terminal.input(), screen, screen);
        session.put(Shell.VAR_TERMINAL, terminal);
        session.put(Shell.VAR_PROCESSOR, gogo.processor());
        session.put(Shell.VAR_SESSION, session);
        session.put(Shell.VAR_COMPLETIONS, new HashMap<>());
    }

    @Override
    public int run() {
        try {
            LineReader reader = LineReaderBuilder.builder().appName("a6runner").terminal(terminal).parser(new Parser()).highlighter(new Highlighter(session))
                    .completer(new Completion(gogo, session)).option(LineReader.Option.DISABLE_EVENT_EXPANSION, true).build();
            keepHistory(reader);
            session.put(Shell.VAR_READER, reader);
            terminal.writer().println("A6 Runner, pid " + ProcessHandle.current().pid() + ". help lists the commands, Tab completes, Ctrl-D leaves.");
            while (!over && readAndRun(reader)) {
                terminal.flush();
            }
            reader.getHistory().save();
            return 0;
        } catch (IOException e) {
            LOG.debug("a shell's history was not written", e);
            return 0;
        } finally {
            over = true;
            session.close();
            closeTerminal();
        }
    }

    /** False at the end of the dialogue. */
    private boolean readAndRun(LineReader reader) {
        String line;
        try {
            line = reader.readLine(PROMPT);
        } catch (UserInterruptException e) {
            return true;
        } catch (EndOfFileException e) {
            return false;
        }
        PrintStream screen = session.getConsole();
        if (!line.isBlank()) {
            Answer.of(session, line).print(screen, screen);
        }
        return session.get(ExitCommand.LEAVES) == null;
    }

    private void keepHistory(LineReader reader) {
        Path file = Path.of(gogo.settings().text(Setting.DATA_DIR)).resolve(HISTORY);
        try {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        } catch (FileAlreadyExistsException e) {
            // from an earlier one
        } catch (IOException e) {
            LOG.debug("no history is kept", e);
            return;
        }
        reader.setVariable(LineReader.HISTORY_FILE, file);
        reader.setVariable(LineReader.HISTORY_SIZE, HISTORY_LINES);
        reader.setVariable(LineReader.HISTORY_FILE_SIZE, HISTORY_LINES);
    }

    @Override
    public void typed(byte[] bytes) throws IOException {
        terminal.processInputBytes(bytes);
    }

    @Override
    public void resized(int columns, int lines) {
        terminal.setSize(new Size(columns, lines));
        terminal.raise(Signal.WINCH);
    }

    @Override
    public void interrupt() {
        over = true;
        interruptJob();
        closeTerminal(); // ends a wait for a line
    }

    private void interruptJob() {
        Job job = session.foregroundJob();
        if (job != null) {
            job.interrupt();
        }
    }

    private void closeTerminal() {
        try {
            terminal.close();
        } catch (IOException e) {
            LOG.debug("a shell's client is gone", e);
        }
    }
}
