// SPDX-License-Identifier: Apache-2.0
package a6runner.protocol.message;

/** {@code A6.Err.Code}, in the order of the wire (WIRE.md). */
public enum ErrorCode {
    BAD_REQUEST,
    SERVICE_UNAVAILABLE,
    CONF_TOKEN_NOT_FOUND
}
