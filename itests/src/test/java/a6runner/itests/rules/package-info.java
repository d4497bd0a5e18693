// SPDX-License-Identifier: Apache-2.0
/** Rules of the house that can be read off the packed jars: who may use whom, and what is exported. */
package a6runner.itests.rules;
