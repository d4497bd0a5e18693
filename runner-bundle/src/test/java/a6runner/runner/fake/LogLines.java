// SPDX-License-Identifier: Apache-2.0
package a6runner.runner.fake;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.slf4j.LoggerFactory;

/** The lines that are logged while it is open, as {@code LEVEL message}, with the exception's {@code toString} in brackets if there is one. */
public final class LogLines extends AppenderBase<ILoggingEvent> implements AutoCloseable {

    private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final Consumer<String> also;

    public LogLines() {
        this(line -> {});
    }

    /** With something to be done on the logging thread for each line. */
    public LogLines(Consumer<String> also) {
        this.also = also;
        setContext(root.getLoggerContext());
        start();
        root.addAppender(this);
    }

    @Override
    protected void append(ILoggingEvent event) {
        if (event.getLoggerName().startsWith("a6runner")) {
            String line = event.getLevel() + " " + event.getFormattedMessage()
                    + (event.getThrowableProxy() == null ? "" : " [" + event.getThrowableProxy().getClassName() + "]");
            lines.add(line);
            also.accept(line);
        }
    }

    /** All lines so far. */
    public List<String> all() {
        return lines;
    }

    /** The lines that contain all of these texts. */
    public List<String> with(String... texts) {
        return lines.stream().filter(line -> List.of(texts).stream().allMatch(line::contains)).toList();
    }

    @Override
    public void close() {
        root.detachAppender(this);
        stop();
    }
}
