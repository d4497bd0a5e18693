// SPDX-License-Identifier: Apache-2.0
package a6runner.runner.chain;

import a6runner.spi.Setting;
import a6runner.spi.Settings;

/**
 * The limits of a call.
 *
 * @param callNanos how long it may be in plugins
 * @param extraInfoNanos how long APISIX may take to answer a question
 * @param maxBody how many bytes a decoded body may have
 */
public record Limits(long callNanos, long extraInfoNanos, long maxBody) {

    /** By the settings in force. */
    public static Limits of(Settings settings) {
        return new Limits(settings.nanos(Setting.CALL_TIMEOUT), settings.nanos(Setting.EXTRA_INFO_TIMEOUT), settings.bytes(Setting.BODY_MAX));
    }
}
