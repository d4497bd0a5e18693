// SPDX-License-Identifier: Apache-2.0
/**
 * Frames recorded from a real APISIX 3.18.0, with what is known of them. They are resources of this package; its README.md says what they hold.
 *
 * <p><b>Starting points:</b> {@link a6runner.testkit.golden.GoldenScenarios#load()}, {@link a6runner.testkit.golden.DecodedFields#differences}.
 */
package a6runner.testkit.golden;
