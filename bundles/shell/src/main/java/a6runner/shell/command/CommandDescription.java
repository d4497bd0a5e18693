// SPDX-License-Identifier: Apache-2.0
package a6runner.shell.command;

import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Parameter;

/**
 * What a command's annotations say of it.
 *
 * @param name with its scope
 * @param says a sentence, maybe empty
 * @param options those of its methods
 * @param arguments what else it takes, in order
 */
public record CommandDescription(String name, String says, List<Option> options, List<Argument> arguments) {

    /** An argument that is a plugin's name is called so. */
    static final String PLUGIN = "NAME";

    /**
     * An option.
     *
     * @param value what follows it, empty for a flag
     */
    public record Option(String name, String value, String says) {
    }

    /**
     * An argument.
     *
     * @param word a placeholder, such as {@code NAME}
     * @param optional whether it may be left out
     */
    public record Argument(String word, String says, boolean optional) {

        static Argument of(String descriptor, String type, boolean optional) {
            int colon = descriptor.indexOf(": ");
            return descriptor.isEmpty() ? new Argument(type.toUpperCase(Locale.ROOT), "", optional)
                    : colon < 0 ? new Argument(descriptor, "", optional)
                    : new Argument(descriptor.substring(0, colon), descriptor.substring(colon + 2), optional);
        }

        @Override
        public String toString() {
            return optional ? "[" + word + "]" : word;
        }
    }

    /** What is said of a command that is this object; empty if it has no method of that name. */
    public static Optional<CommandDescription> of(String name, Object command) {
        String function = name.substring(name.indexOf(':') + 1);
        List<Method> methods = Arrays.stream(command.getClass().getMethods()).filter(method -> isOf(function, method))
                .sorted((a, b) -> b.getParameterCount() - a.getParameterCount()).toList();
        if (methods.isEmpty()) {
            return Optional.empty();
        }
        Method fullest = methods.get(0);
        List<Option> options = new ArrayList<>();
        List<Argument> arguments = new ArrayList<>();
        int least = methods.stream().mapToInt(CommandDescription::arguments).min().orElse(0);
        for (java.lang.reflect.Parameter parameter : fullest.getParameters()) {
            Parameter option = parameter.getAnnotation(Parameter.class);
            if (option != null) {
                boolean flag = !option.presentValue().equals(Parameter.UNSPECIFIED);
                options.add(new Option(option.names()[0], flag ? "" : parameter.getType().getSimpleName().toUpperCase(Locale.ROOT), says(parameter)));
            } else if (parameter.getType() != CommandSession.class) {
                arguments.add(Argument.of(says(parameter), parameter.getType().getSimpleName(), arguments.size() >= least));
            }
        }
        String said = methods.stream().map(CommandDescription::says).filter(says -> !says.isEmpty()).findFirst().orElseGet(() -> ofItself(command));
        return Optional.of(new CommandDescription(name, said, List.copyOf(options), List.copyOf(arguments)));
    }

    /** What a command says of itself by {@code toString}, where it can't use Gogo's annotations. */
    private static String ofItself(Object command) {
        try {
            return command.getClass().getMethod("toString").getDeclaringClass() == Object.class ? "" : command.toString();
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException(e); // every object has it
        }
    }

    private static boolean isOf(String function, Method method) {
        String lower = method.getName().toLowerCase(Locale.ROOT);
        return method.getDeclaringClass() != Object.class
                && (lower.equals(function.toLowerCase(Locale.ROOT)) || lower.equals("_" + function.toLowerCase(Locale.ROOT)));
    }

    private static int arguments(Method method) {
        return (int) Arrays.stream(method.getParameters())
                .filter(parameter -> parameter.getAnnotation(Parameter.class) == null && parameter.getType() != CommandSession.class).count();
    }

    private static String says(AnnotatedElement element) {
        Descriptor descriptor = element.getAnnotation(Descriptor.class);
        return descriptor == null ? "" : descriptor.value();
    }

    /** Whether its first argument is the name of a plugin. */
    public boolean takesPlugin() {
        return !arguments.isEmpty() && arguments.get(0).word().startsWith(PLUGIN);
    }

    /** How it is called, such as {@code trace [--for DURATION] NAME}. */
    public String usage() {
        StringBuilder text = new StringBuilder(name.startsWith("a6:") ? name.substring("a6:".length()) : name);
        for (Option option : options) {
            text.append(" [").append(option.name()).append(option.value().isEmpty() ? "" : " " + option.value()).append(']');
        }
        arguments.forEach(argument -> text.append(' ').append(argument));
        return text.toString();
    }
}
