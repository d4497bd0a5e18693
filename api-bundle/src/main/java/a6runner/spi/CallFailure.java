// SPDX-License-Identifier: Apache-2.0
package a6runner.spi;

/** Why a call can't be answered as it should be. The protocol alone decides what each is on the wire. */
public enum CallFailure {
    /** The conf token is not known here: APISIX shall send the conf again. */
    CONF_TOKEN_NOT_FOUND,
    /** The conf names a plugin that is not deployed. */
    PLUGIN_MISSING,
    /** A plugin refuses its conf. */
    CONF_REFUSED,
    /** A plugin threw, or the runner has a fault. */
    FAULT,
    /** A plugin, or APISIX's answer to a question, took too long. */
    TIMEOUT,
    /** Too many calls are in a plugin already. */
    OVERLOADED
}
