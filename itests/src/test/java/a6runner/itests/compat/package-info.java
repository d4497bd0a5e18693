// SPDX-License-Identifier: Apache-2.0
/**
 * Filters written for apisix-java-plugin-runner 0.6 run here after the import of {@code @Component} was changed: the members that they use
 * ({@link a6runner.itests.compat.Members}), and filters of our own writing that use all of them, as source text in the resources of this package.
 */
package a6runner.itests.compat;
