// SPDX-License-Identifier: Apache-2.0
/** Classes of the plugins that {@link a6runner.deployer.PluginJar} makes. The framework loads its own copies of them. */
package a6runner.deployer.sample;
