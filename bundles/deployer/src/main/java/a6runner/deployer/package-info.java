// SPDX-License-Identifier: Apache-2.0
/**
 * Deploy folder to bundles: a jar that is dropped there comes into service, one that is replaced is upgraded without a gap, one that is removed
 * leaves.
 *
 * <p>The way of a file: {@link a6runner.deployer.FolderWatch} wakes the {@link a6runner.deployer.Deployer}, whose {@link a6runner.deployer.DeployFolder}
 * finds what changed, copies complete files into the {@link a6runner.deployer.ContentStore} and reads their manifest
 * ({@link a6runner.deployer.BundleFile}, {@link a6runner.deployer.PlainJar}) or, of a configuration, the values ({@link a6runner.deployer.ConfigReader}, {@link a6runner.deployer.ConfigFiles}).
 * {@link a6runner.deployer.Claims} keeps what each file stands for and which content is the best of a symbolic name. A
 * {@link a6runner.deployer.Deployment} puts that into a bundle of {@link a6runner.deployer.Slots}, gives it its {@link a6runner.deployer.Configurations},
 * starts and checks it beside the one that serves or in its place; then the deployer switches over and retires the old one.
 * {@link a6runner.deployer.Statuses} says what became of each file, on the {@link a6runner.deployer.StatusBoard} that the commands
 * {@link a6runner.deployer.DeploysCommand} and {@link a6runner.deployer.WhyCommand} show. {@link a6runner.deployer.Islands} keeps plugins apart from each other
 * and from the core. {@link a6runner.deployer.Reasons} and {@link a6runner.deployer.Components} say in a sentence why something didn't work.
 * {@link a6runner.deployer.BndMaker} makes bundles of plain jars.
 *
 * <p>Threads: all decisions fall on {@code a6runner-deployer}. Plugin code runs only on threads of its own, {@code a6runner-activate-NAME} and
 * {@code a6runner-retire-NAME}, so that one that hangs stops nothing else.
 */
package a6runner.deployer;
