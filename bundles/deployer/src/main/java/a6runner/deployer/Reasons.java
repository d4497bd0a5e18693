// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer;

import a6runner.spi.PluginCheckException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.osgi.framework.BundleException;

/** Turns what a framework throws into a sentence that names the user's package or class, and the mend. */
final class Reasons {

    static final String NO_PLUGIN = "it registered no PluginFilter service: is the class annotated with @Component"
            + " (org.osgi.service.component.annotations), does it implement PluginFilter (with service = PluginFilter.class where it does so only by way of another"
            + " type), and are the services that it references there?";

    private static final String NO_CONSTRUCTOR = "java.lang.InstantiationException: Constructor not found";

    // missing requirement [x [7](R 7.0)] osgi.wiring.package; (&(osgi.wiring.package=com.acme)(version>=1.0.0)(!(version>=2.0.0)))
    private static final Pattern REQUIREMENT = Pattern.compile("missing requirement \\[[^\\]]+\\]\\(R [^)]*\\)\\] ([\\w.]+); (\\(.*?\\)+)(?= |$|\\[|\\])");
    private static final Pattern FROM = Pattern.compile("\\(version>=([^)]+)\\)");
    private static final Pattern BELOW = Pattern.compile("\\(!\\(version>=([^)]+)\\)\\)");
    private static final Pattern EXACT = Pattern.compile("\\(version=([^)]+)\\)");

    private static final Pattern NEWER_CLASS = Pattern.compile("(?:UnsupportedClassVersionError|JAVA_\\d+)[^\\n]*?([\\w/$.]+) has been compiled by a more recent version of the Java Runtime"
            + " \\(class file version (\\d+)");
    private static final Pattern NO_CLASS = Pattern.compile("(?:NoClassDefFoundError|ClassNotFoundException): ([\\w/$.]+)");
    private static final Pattern NO_MEMBER = Pattern.compile("(?:NoSuchMethodError|NoSuchFieldError|AbstractMethodError|IncompatibleClassChangeError): ([^\\n]+)");
    private static final int JAVA_OF_CLASS_FILES = 44; // version 61 is Java 17's

    private Reasons() {}

    /** The sentence, without a full stop. */
    static String of(Throwable thrown) {
        Throwable cause = unwrapped(thrown);
        if (cause instanceof Refusal || cause instanceof PluginCheckException) {
            return cause.getMessage();
        }
        if (cause instanceof BundleException failure) {
            return ofBundle(failure);
        }
        return link(trace(cause)).orElse("it could not be deployed: " + cause);
    }

    /**
     * From a stack trace that Declarative Services has printed: what a component's constructor or activation threw.
     *
     * @param component the component's class
     */
    static String ofTrace(String component, String trace) {
        return link(trace).orElseGet(() -> {
            String thrown = "";
            String at = "";
            for (String line : trace.split("\\R")) {
                if (thrown.isEmpty() || line.startsWith("Caused by: ")) {
                    thrown = line.replaceFirst("^Caused by: ", "");
                    at = "";
                } else if (at.isEmpty() && line.strip().startsWith("at ") && line.contains(component)) {
                    at = " " + line.strip().replaceFirst("^at (?:[^/]+/+)?", "at ");
                }
            }
            if (thrown.startsWith(NO_CONSTRUCTOR)) {
                return "the component class " + component + " has no public constructor that Declarative Services could call: declare one without parameters public, or mark"
                        + " the one to call with @Activate";
            }
            return "the constructor or the @Activate method of " + component + " threw " + thrown + at;
        });
    }

    private static String trace(Throwable thrown) {
        StringWriter text = new StringWriter();
        thrown.printStackTrace(new PrintWriter(text));
        return text.toString();
    }

    /** What the JVM lacks to run a class, if that is what a trace tells of. */
    private static Optional<String> link(String trace) {
        Matcher newer = NEWER_CLASS.matcher(trace);
        if (newer.find()) {
            return Optional.of("its class " + newer.group(1).replace('/', '.') + " is built for Java " + (Integer.parseInt(newer.group(2)) - JAVA_OF_CLASS_FILES)
                    + ", but the runner runs on Java " + Runtime.version().feature() + ": build it with maven.compiler.release " + Runtime.version().feature()
                    + " or start the runner with a newer JDK");
        }
        Matcher member = NO_MEMBER.matcher(trace);
        if (member.find()) {
            return Optional.of("it was built against other versions of what it uses than it finds here (" + member.group(1).strip() + "): build it against this runner's"
                    + " a6runner-api, and put the library in the version that it was built with into the plugin's jar");
        }
        String missing = "";
        for (Matcher none = NO_CLASS.matcher(trace); none.find();) {
            missing = none.group(1).replace('/', '.');
        }
        return missing.isEmpty() ? Optional.empty() : Optional.of("the class " + missing + ", which it uses, is neither in its jar nor imported: put the library into the"
                + " plugin's jar (bnd: -conditionalpackage)");
    }

    private static Throwable unwrapped(Throwable thrown) {
        Throwable cause = thrown;
        while ((cause instanceof ExecutionException || cause instanceof CompletionException) && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    private static String ofBundle(BundleException failure) {
        switch (failure.getType()) {
            case BundleException.RESOLVE_ERROR:
                return unresolved(failure.getMessage());
            case BundleException.ACTIVATOR_ERROR:
                return failure.getCause() == null ? "its bundle activator failed: " + failure.getMessage()
                        : link(trace(failure.getCause())).orElse("its bundle activator failed: " + failure.getCause());
            case BundleException.DUPLICATE_BUNDLE_ERROR:
                return "another bundle has its symbolic name and version, and the framework runs without org.osgi.framework.bsnversion=multiple";
            case BundleException.MANIFEST_ERROR:
                return "its manifest is wrong: " + failure.getMessage();
            case BundleException.NATIVECODE_ERROR:
                return "it has native code, but none for this system: " + failure.getMessage();
            default:
                return "it could not be started: " + failure.getMessage() + (failure.getCause() == null ? "" : ": " + failure.getCause());
        }
    }

    /** From Felix's message, which names the requirement as an LDAP filter; of nested ones the last is the one that lacks. */
    private static String unresolved(String message) {
        Matcher matcher = REQUIREMENT.matcher(message);
        String namespace = "";
        String filter = "";
        while (matcher.find()) {
            namespace = matcher.group(1);
            filter = matcher.group(2);
        }
        switch (namespace) {
            case "osgi.wiring.package":
                return missingPackage(value(filter, namespace), range(filter));
            case "osgi.ee":
                return "it needs Java " + first(EXACT, filter, first(FROM, filter, "of another kind")) + ", but the runner runs on Java "
                        + Runtime.version().feature() + ": build it with maven.compiler.release " + Runtime.version().feature()
                        + " or start the runner with a newer JDK";
            case "osgi.wiring.bundle":
                return "it requires the bundle " + value(filter, namespace) + " (Require-Bundle), but a plugin can only import packages: use Import-Package,"
                        + " which bnd-maven-plugin writes, or put the library into the plugin's jar";
            case "osgi.extender":
                return "it needs the extender " + value(filter, namespace) + range(filter) + ", which the runner doesn't have";
            default:
                return "it doesn't resolve: " + message;
        }
    }

    private static String missingPackage(String name, String range) {
        String imports = "it imports the package " + name + range + ", ";
        if (name.startsWith("org.apache.apisix.plugin.runner")) {
            return imports + "which the runner has in another version: build it against this runner's a6runner-api";
        }
        if (name.startsWith("a6runner.") || name.startsWith("io.netty.")) {
            return imports + "which belongs to the runner itself and isn't open to plugins: use the api, or put a library of your own into the plugin's jar";
        }
        return imports + "which neither it nor the runner has: put the library into the plugin's jar (bnd: -conditionalpackage: " + name
                + ".*) or, if it can do without, make the import optional (Import-Package: " + name + ";resolution:=optional, *)";
    }

    private static String value(String filter, String attribute) {
        return first(Pattern.compile("\\(" + Pattern.quote(attribute) + "=([^)]+)\\)"), filter, filter);
    }

    private static String range(String filter) {
        String from = first(FROM, BELOW.matcher(filter).replaceAll(""), "");
        String below = first(BELOW, filter, "");
        if (below.isEmpty()) {
            return from.isEmpty() ? "" : " " + from + " or later";
        }
        return " [" + (from.isEmpty() ? "0" : from) + "," + below + ")";
    }

    private static String first(Pattern pattern, String text, String otherwise) {
        Matcher matcher = pattern.matcher(text);
        return matcher.find() ? matcher.group(1) : otherwise;
    }
}
