// SPDX-License-Identifier: Apache-2.0
/**
 * The recorded frames of a real APISIX, fed to the real core: {@link a6runner.itests.golden.GoldenFramesIT} with {@link a6runner.itests.golden.Replay} in
 * APISIX's place and {@link a6runner.itests.golden.Stub} as the plugin. What our runner does differently on purpose is listed in {@link
 * a6runner.itests.golden.Deviation}.
 */
package a6runner.itests.golden;
