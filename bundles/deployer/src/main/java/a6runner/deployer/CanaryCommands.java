// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer;

import a6runner.spi.Canary;
import a6runner.spi.CommandFailure;
import java.util.HashMap;
import java.util.Map;

/** The commands by which a new version is tried with a share of the calls. Any thread; wait for the deployer's. */
final class CanaryCommands {

    private static final String NEXT = "--next";

    private final Deployer deployer;

    CanaryCommands(Deployer deployer) {
        this.deployer = deployer;
    }

    /** The command with a name. */
    Object of(String function) {
        return switch (function) {
            case "canary" -> new CanaryCommand(this);
            case "promote" -> new PromoteCommand(this);
            default -> new AbortCommand(this);
        };
    }

    String begin(String... arguments) throws InterruptedException {
        if (arguments.length == 0) {
            return Answers.await(deployer::trials);
        }
        String name = null;
        boolean next = false;
        Map<String, String> texts = new HashMap<>();
        for (int i = 0; i < arguments.length; i++) {
            String argument = arguments[i];
            if (argument.equals(NEXT)) {
                next = true;
            } else if (argument.startsWith("--") && i + 1 < arguments.length) {
                texts.put(argument.substring(2), arguments[++i]);
            } else if (name == null && !argument.startsWith("--")) {
                name = argument;
            } else {
                throw new CommandFailure(CommandFailure.USAGE, argument + " (expected: NAME --share 5%, and options with a value each)");
            }
        }
        String named = name;
        boolean forNext = next;
        if (named == null) {
            throw new CommandFailure(CommandFailure.USAGE, "NAME is missing: a plugin's, a bundle's or a file's");
        }
        try {
            Canary canary = Canary.of(texts);
            return Answers.await(done -> deployer.tryOut(named, canary, forNext, done));
        } catch (IllegalArgumentException e) {
            throw new CommandFailure(CommandFailure.USAGE, e.getMessage());
        }
    }

    String promote(String name) throws InterruptedException {
        return Answers.await(done -> deployer.promote(name, done));
    }

    String abort(String name) throws InterruptedException {
        return Answers.await(done -> deployer.abort(name, done));
    }
}
