// SPDX-License-Identifier: Apache-2.0
/** The distribution as its users run it: the real launcher as a process, its deploy folder, its command line. */
package a6runner.itests.process;
