// SPDX-License-Identifier: Apache-2.0
/**
 * Where all that is logged goes, by core, plugins, framework and libraries: through slf4j to logback, and from there to stdout.
 *
 * <p>Starting points: {@link a6runner.launcher.log.LogSetup}, which sets it up.
 */
package a6runner.launcher.log;
