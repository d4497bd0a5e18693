// SPDX-License-Identifier: Apache-2.0
/**
 * {@code a6runner doctor}: looks at all that has to fit for a runner to serve, and says what doesn't, and what to change. Each check looks at one thing and
 * changes nothing; each rule looks at one thing in APISIX's configuration.
 *
 * <p>Starting points: {@link a6runner.launcher.doctor.Check}, {@link a6runner.launcher.doctor.ApisixRule}, {@link a6runner.launcher.doctor.Report}.
 */
package a6runner.launcher.doctor;
