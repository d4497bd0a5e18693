// SPDX-License-Identifier: Apache-2.0
/**
 * What a plugin is handed: the request or the upstream's response, what may be said back, and the conf.
 *
 * <p>The names are those that filters for Apache APISIX's Java runner import, so that such a filter moves over by changing the import of
 * {@code @Component}; everything the runner implements is an interface.
 *
 * <p>Starting points: {@link org.apache.apisix.plugin.runner.filter.PluginFilter}, which you write;
 * {@link org.apache.apisix.plugin.runner.HttpRequest} and {@link org.apache.apisix.plugin.runner.HttpResponse}, which the runner hands to it.
 */
@Export
@Version("1.0.0")
package org.apache.apisix.plugin.runner;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
