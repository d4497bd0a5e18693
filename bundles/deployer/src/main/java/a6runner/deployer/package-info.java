// SPDX-License-Identifier: Apache-2.0
/** Deploy folder to bundles. */
package a6runner.deployer;
