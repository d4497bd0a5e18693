// SPDX-License-Identifier: Apache-2.0
package a6runner.testkit;

/**
 * Knows what APISIX answers to a runner's questions within a call (APISIX.md §6). Called on the thread that makes the call, which waits meanwhile; what is
 * asked for may have to be read first.
 */
public interface ExtraInfoSource {

    /** A variable's value, null if it is not set. */
    byte[] var(String name);

    /** The request's body, null if there is none or it has no byte. */
    byte[] requestBody();

    /** The body of the upstream's answer, null if nothing is known of it; asked for in the response phase only, and once. */
    byte[] responseBody();
}
