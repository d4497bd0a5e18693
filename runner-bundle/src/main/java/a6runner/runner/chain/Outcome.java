// SPDX-License-Identifier: Apache-2.0
package a6runner.runner.chain;

import a6runner.spi.CallFailure;

/** What became of a call, to be counted. */
public enum Outcome {
    PREPARED("prepared"),
    WENT_ON("went on"),
    REWRITTEN("rewritten"),
    STOPPED("stopped"),
    ANSWERED("answered"),
    LOST("lost"),
    CONF_TOKEN_NOT_FOUND("refused: token not known"),
    PLUGIN_MISSING("refused: plugin missing"),
    CONF_REFUSED("refused: conf"),
    FAULT("refused: fault"),
    TIMEOUT("refused: timeout"),
    OVERLOADED("refused: overloaded");

    private final String says;

    Outcome(String says) {
        this.says = says;
    }

    /** For people. */
    public String says() {
        return says;
    }

    /** Of a call that is refused. */
    static Outcome of(CallFailure failure) {
        return switch (failure) {
            case CONF_TOKEN_NOT_FOUND -> CONF_TOKEN_NOT_FOUND;
            case PLUGIN_MISSING -> PLUGIN_MISSING;
            case CONF_REFUSED -> CONF_REFUSED;
            case FAULT -> FAULT;
            case TIMEOUT -> TIMEOUT;
            case OVERLOADED -> OVERLOADED;
        };
    }
}
