// SPDX-License-Identifier: Apache-2.0
package a6runner.launcher.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.lang.reflect.Proxy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.osgi.framework.Bundle;
import org.osgi.service.log.FormatterLogger;
import org.osgi.service.log.Logger;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class OsgiLogTest {

    private final ch.qos.logback.classic.Logger target = (ch.qos.logback.classic.Logger) LoggerFactory.getLogger("osgi.log-test");
    private final ListAppender<ILoggingEvent> events = new ListAppender<>();
    private final Bundle ofCore = bundle();
    private final OsgiLog log = new OsgiLog(bundle -> bundle == ofCore);

    private static Bundle bundle() {
        return (Bundle) Proxy.newProxyInstance(Bundle.class.getClassLoader(), new Class<?>[] {Bundle.class}, (proxy, method, arguments) -> null);
    }

    @BeforeEach
    void listen() {
        events.start();
        target.addAppender(events);
        target.setAdditive(false);
        target.setLevel(Level.INFO);
    }

    @AfterEach
    void leave() {
        target.detachAppender(events);
    }

    @Test
    void takesMessagesOverWithTheirLevelsAndValues() throws Exception {
        Logger logger = log.getLogger("osgi.log-test");
        logger.error("a");
        logger.warn("{} b", 1);
        logger.info("{} {} c", 1, 2);
        logger.audit("{} {} {} d", 1, 2, 3);
        logger.debug("not this");
        logger.<RuntimeException>info(inner -> inner.info("e"));
        assertThat(events.list).extracting(ILoggingEvent::toString)
                .containsExactly("[ERROR] a", "[WARN] 1 b", "[INFO] 1 2 c", "[INFO] 1 2 3 d", "[INFO] e");
        assertThat(logger.isInfoEnabled()).isTrue();
        assertThat(logger.isDebugEnabled()).isFalse();
        assertThat(logger.getName()).isEqualTo("osgi.log-test");
    }

    @Test
    void formatsAsPrintfWhereThatIsAskedFor() {
        log.getLogger("osgi.log-test", FormatterLogger.class).info("%d %s", 1, "x");
        assertThat(events.list).extracting(ILoggingEvent::getFormattedMessage).containsExactly("1 x");
    }

    @Test
    void showsWhereAPluginFailed() {
        RuntimeException thrown = new RuntimeException("why");
        log.getLogger(bundle(), "log-test", Logger.class).error("failed", thrown);
        assertThat(events.list).singleElement().satisfies(event -> {
            assertThat(event.getFormattedMessage()).isEqualTo("failed");
            assertThat(event.getThrowableProxy().getMessage()).isEqualTo("why");
        });
    }

    @Test
    void saysInOneLineWhyTheCoreFailed() {
        log.getLogger(ofCore, "log-test", Logger.class).error("{} failed", "socket", new RuntimeException("outer", new IllegalStateException("why")));
        assertThat(events.list).singleElement().satisfies(event -> {
            assertThat(event.getFormattedMessage()).isEqualTo("socket failed: why");
            assertThat(event.getThrowableProxy()).isNull();
        });
    }

    @Test
    void knowsNoOtherKindOfLogger() {
        interface Own extends Logger {
        }
        assertThatThrownBy(() -> log.getLogger("x", Own.class)).isInstanceOf(IllegalArgumentException.class);
    }
}
