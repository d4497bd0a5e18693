// SPDX-License-Identifier: Apache-2.0
package a6runner.launcher.log;

import org.apache.felix.framework.Logger;
import org.osgi.framework.Bundle;
import org.osgi.framework.ServiceReference;
import org.slf4j.LoggerFactory;

/** Takes the framework's own messages to where all others go. */
public final class FelixLog extends Logger {

    @Override
    @SuppressWarnings("rawtypes") // as Felix declares it
    protected void doLog(Bundle bundle, ServiceReference service, int level, String message, Throwable thrown) {
        org.slf4j.Logger log = LoggerFactory.getLogger("org.apache.felix.framework"); // not before: it would hold up the framework's making
        String text = bundle == null ? message : bundle + ": " + message;
        switch (level) {
            case LOG_ERROR:
                log.error(text, thrown);
                break;
            case LOG_WARNING:
                log.warn(text, thrown);
                break;
            case LOG_INFO:
                log.info(text, thrown);
                break;
            default:
                log.debug(text, thrown);
                break;
        }
    }
}
