// SPDX-License-Identifier: Apache-2.0
/**
 * What starts everything: command line and settings in, a framework with the core's bundles out, and an orderly end.
 *
 * <p>This is a plain jar on a flat class path ({@code lib/}), with the framework, Netty, slf4j and logback beside it; what the framework
 * hands on of that class path to bundles stands in {@link a6runner.launcher.SharedPackages}. All else the product consists of lies in {@code bundles/} and is started from
 * there. {@code bin/a6runner} finds a Java and calls {@link a6runner.launcher.Main}.
 *
 * <p>Starting points: {@link a6runner.launcher.Main}, whose javadoc tells the launch step by step;
 * {@link a6runner.launcher.DoctorCommand}, which looks whether all is in order; {@link a6runner.launcher.ResolvedSettings}, where settings come from; {@link a6runner.launcher.Core}, the framework.
 */
package a6runner.launcher;
