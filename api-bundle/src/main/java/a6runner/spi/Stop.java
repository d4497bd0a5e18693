// SPDX-License-Identifier: Apache-2.0
package a6runner.spi;

/**
 * The response that stops a request ({@code A6.HTTPReqCall.Stop}). Read by the protocol on the loop within {@link RequestCall#stop}, not kept.
 *
 * @param status 200 to 999; 0 means 200
 * @param headers null for none
 * @param body null for none
 */
public record Stop(int status, TextEntries headers, byte[] body) {}
