// SPDX-License-Identifier: Apache-2.0
/** The shell of a real runner process, over its real socket. */
package a6runner.itests.shell;
