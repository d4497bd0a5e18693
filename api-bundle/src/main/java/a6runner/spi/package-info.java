// SPDX-License-Identifier: Apache-2.0
/**
 * Where the core's bundles meet: the protocol brings calls to a {@link a6runner.spi.CallService}, the deployer drives a
 * {@link a6runner.spi.PluginLifecycle}, and all read {@link a6runner.spi.Settings}. Not for plugins.
 *
 * <p>Starting points: {@link a6runner.spi.CallService}, {@link a6runner.spi.RequestCall}, {@link a6runner.spi.PluginLifecycle}.
 */
@Export
@Version("1.0.0")
package a6runner.spi;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
