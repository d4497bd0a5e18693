// SPDX-License-Identifier: Apache-2.0
/**
 * Deploy folder to bundles: a jar that is dropped there comes into service, one that is replaced is upgraded without a gap, one that is removed
 * leaves.
 *
 * <p>The way of a file: {@link a6runner.deployer.FolderWatch} wakes the {@link a6runner.deployer.Deployer}, whose {@link a6runner.deployer.DeployFolder}
 * finds what changed, copies complete files into the {@link a6runner.deployer.ContentStore} and reads their manifest
 * ({@link a6runner.deployer.BundleFile}); a {@link a6runner.deployer.Deployment} installs, starts and checks the bundle beside the one that serves; then
 * the deployer switches over and retires the old one. {@link a6runner.deployer.Islands} keeps plugins apart from each other and from the core.
 * {@link a6runner.deployer.Reasons} says in a sentence why something didn't work.
 *
 * <p>Threads: all decisions fall on {@code a6runner-deployer}. Plugin code runs only on threads of its own, {@code a6runner-activate-NAME} and
 * {@code a6runner-retire-NAME}, so that one that hangs stops nothing else.
 */
package a6runner.deployer;
