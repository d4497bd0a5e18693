// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer;

/** Why a file can't be deployed: a sentence for whoever dropped it, with the mend in it. */
final class Refusal extends Exception {

    private static final long serialVersionUID = 1L;

    private final boolean mayPass;

    Refusal(String sentence) {
        this(sentence, null, false);
    }

    Refusal(String sentence, Throwable cause) {
        this(sentence, cause, false);
    }

    private Refusal(String sentence, Throwable cause, boolean mayPass) {
        super(sentence, cause);
        this.mayPass = mayPass;
    }

    /** One that may pass without a change of the file, when something comes that the file waits for. */
    static Refusal waiting(String sentence) {
        return new Refusal(sentence, null, true);
    }

    /** The same, with what else there is to say. */
    Refusal and(String more) {
        return new Refusal(getMessage() + more, getCause(), mayPass);
    }

    /** Whether it may pass without a change of the file. */
    boolean mayPass() {
        return mayPass;
    }
}
