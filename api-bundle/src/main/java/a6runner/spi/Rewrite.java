// SPDX-License-Identifier: Apache-2.0
package a6runner.spi;

/**
 * What changes of a request ({@code A6.HTTPReqCall.Rewrite}); each part is null where nothing changes. Read by the protocol on the loop within
 * {@link RequestCall#rewrite}, not kept.
 *
 * @param path the new path, decoded
 * @param headers what to set or delete; received entries are headers
 * @param args what to set, append (a name's further entries) or delete; received entries are arguments
 * @param responseHeaders what the client's response shall have
 * @param body the new body, not empty
 */
public record Rewrite(String path, TextEntries headers, TextEntries args, TextEntries responseHeaders, byte[] body) {}
