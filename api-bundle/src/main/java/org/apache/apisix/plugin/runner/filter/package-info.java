// SPDX-License-Identifier: Apache-2.0
/**
 * What a plugin is: a {@link org.apache.apisix.plugin.runner.filter.PluginFilter}, registered as an OSGi service, and the chain it stands in.
 */
@Export
@Version("1.0.0")
package org.apache.apisix.plugin.runner.filter;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
