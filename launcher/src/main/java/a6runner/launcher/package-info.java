// SPDX-License-Identifier: Apache-2.0
/**
 * What starts everything: command line and settings in, a framework with the core's bundles out, and an orderly end.
 *
 * <p>This is a plain jar on a flat class path ({@code lib/}), with the framework, slf4j and logback beside it; of that class path the
 * framework hands only {@code org.slf4j} and OSGi's log api on to bundles. All else the product consists of lies in {@code bundles/} and is started from
 * there. {@code bin/a6runner} finds a Java and calls {@link a6runner.launcher.Main}.
 *
 * <p>Starting points: {@link a6runner.launcher.Main}, whose javadoc tells the launch step by step;
 * {@link a6runner.launcher.DoctorCommand}, which looks whether all is in order; {@link a6runner.launcher.ResolvedSettings}, where settings come from; {@link a6runner.launcher.Core}, the framework.
 */
package a6runner.launcher;
