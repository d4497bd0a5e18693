// SPDX-License-Identifier: Apache-2.0
package a6runner.shell.session;

import a6runner.shell.command.Commands;
import a6runner.shell.command.Services;
import a6runner.spi.CommandFailure;
import a6runner.spi.Settings;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.List;
import org.apache.felix.gogo.jline.Builtin;
import org.apache.felix.gogo.jline.Converters;
import org.apache.felix.gogo.jline.Posix;
import org.apache.felix.gogo.jline.Procedural;
import org.apache.felix.gogo.runtime.CommandProcessorImpl;
import org.apache.felix.service.command.CommandProcessor;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Converter;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;

/**
 * Felix Gogo, started when the first client comes. Commands are services with {@code osgi.command.scope} and {@code osgi.command.function}: those of the
 * framework, of Declarative Services, of the runner's other bundles, and ours. Gogo's JLine bundle isn't started, since it would take the process's own
 * terminal; its commands are registered here.
 */
public final class Gogo {

    private static final List<String> STARTED = List.of("org.apache.felix.gogo.runtime", "org.apache.felix.gogo.command");
    /** Where a command without scope is looked for, in this order. */
    private static final String SCOPE = "a6:felix:gogo:*";

    private static final String[] BUILTIN = {"format", "getopt", "new", "set", "tac", "type", "jobs", "fg", "bg", "history", "setopt", "unsetopt", "keymap", "widget"};
    private static final String[] POSIX = {"cat", "echo", "grep", "sort", "sleep", "cd", "pwd", "ls", "less", "watch", "head", "tail", "clear", "wc", "date"};
    private static final String[] PROCEDURAL = {"each", "if", "not", "throw", "try", "until", "while", "break", "continue"};

    private final BundleContext context;
    private final Settings settings;
    private final CommandProcessorImpl processor;
    private final Services services;
    private final List<ServiceRegistration<?>> registrations = new ArrayList<>();

    private Gogo(BundleContext context, Settings settings, CommandProcessorImpl processor) {
        this.context = context;
        this.settings = settings;
        this.processor = processor;
        this.services = new Services(context);
        register("gogo", new Builtin(), BUILTIN);
        register("gogo", new Posix(processor), POSIX);
        register("gogo", new Procedural(), PROCEDURAL);
        registrations.add(context.registerService(Converter.class, new Converters(context), null)); // of numbers and names to bundles
        Commands.all(services, settings, this::run).forEach(command -> register("a6", command.command(), command.function()));
    }

    /**
     * Starts it.
     *
     * @throws CommandFailure if its bundles aren't there or don't start
     */
    public static Gogo start(BundleContext context, Settings settings) {
        for (String name : STARTED) {
            Bundle bundle = Arrays.stream(context.getBundles()).filter(one -> name.equals(one.getSymbolicName())).findFirst()
                    .orElseThrow(() -> new CommandFailure("the bundle " + name + " is missing; the distribution is incomplete"));
            try {
                bundle.start(Bundle.START_TRANSIENT);
            } catch (BundleException e) {
                throw new CommandFailure("the bundle " + name + " doesn't start: " + e.getMessage());
            }
        }
        ServiceReference<CommandProcessor> reference = context.getServiceReference(CommandProcessor.class);
        if (reference == null) {
            throw new CommandFailure("the bundle " + STARTED.get(0) + " has no command processor");
        }
        return new Gogo(context, settings, (CommandProcessorImpl) context.getService(reference));
    }

    private void register(String scope, Object command, String... functions) {
        Dictionary<String, Object> properties = new Hashtable<>();
        properties.put(CommandProcessor.COMMAND_SCOPE, scope);
        properties.put(CommandProcessor.COMMAND_FUNCTION, functions);
        registrations.add(context.registerService(command.getClass().getName(), command, properties));
    }

    /** A session with these streams; to be closed by the caller. */
    CommandSession session(InputStream in, OutputStream out, OutputStream err) {
        CommandSession session = new GogoSession(processor, in, out, err);
        session.put("SCOPE", SCOPE);
        return session;
    }

    /** What a command line prints, failures included. */
    private String run(String commandLine) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        try (CommandSession session = session(InputStream.nullInputStream(), out, out)) {
            Answer.of(session, commandLine).print(out, out);
        }
        return bytes.toString(StandardCharsets.UTF_8).stripTrailing();
    }

    Services services() {
        return services;
    }

    Settings settings() {
        return settings;
    }

    CommandProcessor processor() {
        return processor;
    }

    /** Takes its commands away; its bundles stop with the framework. */
    public void close() {
        registrations.forEach(registration -> {
            try {
                registration.unregister();
            } catch (IllegalStateException e) {
                // the bundle's end has done it
            }
        });
    }
}
