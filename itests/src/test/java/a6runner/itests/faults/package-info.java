// SPDX-License-Identifier: Apache-2.0
/**
 * What the runner does when others fail: clients that send nonsense, half frames or nothing, or don't read; plugins that throw, block, loop or come too
 * late. After each the next call is served, on the same connection where it is still open, and a bystander must not have noticed.
 */
package a6runner.itests.faults;
