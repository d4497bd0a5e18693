// SPDX-License-Identifier: Apache-2.0
/** The plugins that {@code compare} deploys beside the shipped ones: each does one thing that a call's cost depends on, and nothing else. */
package a6runner.benchmarks.plugins;
