// SPDX-License-Identifier: Apache-2.0
/** The conf of our plugins: one flat JSON object, read by {@link a6runner.plugin.json.FlatJson} into checked values. */
package a6runner.plugin.json;
