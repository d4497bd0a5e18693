// SPDX-License-Identifier: Apache-2.0
/** What the JMH benchmarks share, and those of a whole call. The benchmarks of single steps stand in the packages of what they measure. */
package a6runner.benchmarks.jmh;
