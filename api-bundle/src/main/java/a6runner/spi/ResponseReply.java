// SPDX-License-Identifier: Apache-2.0
package a6runner.spi;

/**
 * What the client gets ({@code A6.HTTPRespCall.Resp}). Read by the protocol on the loop within {@link ResponseCall#answer}, not kept.
 *
 * @param status 200 to 999; 0 means the upstream's
 * @param headers all that the client shall get: as soon as there is one, APISIX sends none of the upstream's; received entries are the upstream's
 *     headers; null for none
 * @param body the body, not empty; null means the upstream's
 */
public record ResponseReply(int status, TextEntries headers, byte[] body) {}
