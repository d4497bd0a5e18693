// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer;

/** Why a file can't be deployed: a sentence for whoever dropped it, with the mend in it. */
final class Refusal extends Exception {

    private static final long serialVersionUID = 1L;

    Refusal(String sentence) {
        super(sentence);
    }

    Refusal(String sentence, Throwable cause) {
        super(sentence, cause);
    }
}
