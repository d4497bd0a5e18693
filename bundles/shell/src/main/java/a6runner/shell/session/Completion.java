// SPDX-License-Identifier: Apache-2.0
package a6runner.shell.session;

import a6runner.shell.command.CommandDescription;
import a6runner.spi.RunnerView;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.felix.gogo.jline.Shell;
import org.apache.felix.gogo.runtime.CommandProxy;
import org.apache.felix.service.command.CommandSession;
import org.jline.reader.Candidate;
import org.jline.reader.Completer;
import org.jline.reader.LineReader;
import org.jline.reader.ParsedLine;

/** What Tab offers: commands, their options, and for those that take one the names of plugins. On the session's thread. */
final class Completion implements Completer {

    private final Gogo gogo;
    private final CommandSession session;

    Completion(Gogo gogo, CommandSession session) {
        this.gogo = gogo;
        this.session = session;
    }

    @Override
    public void complete(LineReader reader, ParsedLine line, List<Candidate> candidates) {
        if (line.wordIndex() <= 0) {
            commands(line.word(), candidates);
            return;
        }
        Optional<CommandDescription> description = describe(line.words().get(0));
        if (description.isEmpty()) {
            return;
        }
        for (CommandDescription.Option option : description.get().options()) {
            if (line.word().startsWith("-") && !line.words().contains(option.name())) {
                candidates.add(new Candidate(option.name(), option.name(), null, option.says(), null, null, true));
            }
        }
        if (!line.word().startsWith("-") && description.get().takesPlugin()) {
            gogo.services().find(RunnerView.class).ifPresent(view -> view.plugins().stream().map(RunnerView.Plugin::name).distinct()
                    .forEach(name -> candidates.add(new Candidate(name))));
        }
    }

    /** Ours by their plain names, the others' too if that is what they are called by; with their scope once that is being typed. */
    private void commands(String typed, List<Candidate> candidates) {
        Set<String> all = Shell.getCommands(session);
        for (String full : all) {
            String plain = full.substring(full.indexOf(':') + 1);
            boolean scoped = typed.contains(":");
            if (plain.startsWith("_") || !scoped && !full.equals(Shell.resolve(session, plain))) {
                continue;
            }
            candidates.add(new Candidate(scoped ? full : plain, scoped ? full : plain, null, describe(full).map(CommandDescription::says).orElse(null), null, null,
                    true));
        }
    }

    private Optional<CommandDescription> describe(String command) {
        String full = Shell.resolve(session, command);
        if (full.indexOf(':') < 0 || !(session.get(full) instanceof CommandProxy proxy)) {
            return Optional.empty();
        }
        Object target = proxy.getTarget();
        try {
            return CommandDescription.of(full, target);
        } finally {
            proxy.ungetTarget();
        }
    }
}
