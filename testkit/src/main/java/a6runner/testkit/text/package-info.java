// SPDX-License-Identifier: Apache-2.0
/** What both commands, {@code call} and {@code dev}, say to people with: bytes made safe for a terminal, changes in words, what was probably meant. */
package a6runner.testkit.text;
