// SPDX-License-Identifier: Apache-2.0
package a6runner.shell.command;

import a6runner.spi.CommandFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.felix.gogo.runtime.CommandProxy;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Descriptor;

/** {@code help [COMMAND]}: the runner's commands with what they do, and the names of all others. */
public final class HelpCommand {

    private static final String OURS = "a6:";
    private static final int WIDTH = 100;

    @Descriptor("lists the commands")
    public String help(CommandSession session) {
        StringBuilder text = new StringBuilder();
        TreeMap<String, String> ours = new TreeMap<>();
        TreeMap<String, List<String>> others = new TreeMap<>();
        for (String name : names(session)) {
            if (name.startsWith(OURS)) {
                describe(session, name).ifPresent(description -> ours.put(description.usage(), description.says()));
            } else if (!name.contains(":_")) {
                others.computeIfAbsent(name.substring(0, name.indexOf(':')), scope -> new ArrayList<>()).add(name.substring(name.indexOf(':') + 1));
            }
        }
        int width = ours.keySet().stream().mapToInt(String::length).max().orElse(0);
        ours.forEach((usage, says) -> text.append(usage).append(" ".repeat(width - usage.length() + 2)).append(says).append('\n'));
        text.append("\nOf the framework and of Gogo, by scope; to be called with it where one above has the same name:\n");
        others.forEach((scope, names) -> wrap(text, scope + ":", names));
        text.append("\nhelp COMMAND says more. Commands can be piped: lb | grep a6runner.");
        return text.toString();
    }

    @Descriptor("lists the commands; says what one does and takes")
    public String help(CommandSession session, @Descriptor("COMMAND") String command) {
        StringBuilder text = new StringBuilder();
        for (String name : names(session)) {
            if (name.equals(command) || name.endsWith(":" + command)) {
                describe(session, name).ifPresent(description -> {
                    text.append(text.length() == 0 ? "" : "\n\n").append(description.usage()).append("\n  ")
                            .append(description.says().isEmpty() ? "(says nothing of itself)" : description.says());
                    description.arguments().stream().filter(argument -> !argument.says().isEmpty())
                            .forEach(argument -> text.append("\n  ").append(argument.word()).append("  ").append(argument.says()));
                    description.options().forEach(option -> text.append("\n  ").append(option.name()).append(option.value().isEmpty() ? "" : " " + option.value())
                            .append("  ").append(option.says()));
                });
            }
        }
        if (text.length() == 0) {
            throw new CommandFailure(CommandFailure.USAGE, "no such command: " + command + "; help lists them");
        }
        return text.toString();
    }

    @SuppressWarnings("unchecked") // that is what Gogo keeps there
    private static Set<String> names(CommandSession session) {
        return new TreeSet<>((Set<String>) session.get(".commands"));
    }

    private static Optional<CommandDescription> describe(CommandSession session, String name) {
        if (!(session.get(name) instanceof CommandProxy proxy)) {
            return Optional.empty();
        }
        Object target = proxy.getTarget();
        try {
            return CommandDescription.of(name, target);
        } finally {
            proxy.ungetTarget();
        }
    }

    private static void wrap(StringBuilder text, String head, List<String> words) {
        StringBuilder line = new StringBuilder("  " + head);
        for (String word : words) {
            if (line.length() + 1 + word.length() > WIDTH) {
                text.append(line).append('\n');
                line.setLength(0);
                line.append(" ".repeat(2 + head.length()));
            }
            line.append(' ').append(word);
        }
        text.append(line).append('\n');
    }
}
