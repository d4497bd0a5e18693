// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer;

import a6runner.spi.PluginCheckException;
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

    // missing requirement [x [7](R 7.0)] osgi.wiring.package; (&(osgi.wiring.package=com.acme)(version>=1.0.0)(!(version>=2.0.0)))
    private static final Pattern REQUIREMENT = Pattern.compile("missing requirement \\[[^\\]]+\\]\\(R [^)]*\\)\\] ([\\w.]+); (\\(.*?\\)+)(?= |$|\\[|\\])");
    private static final Pattern FROM = Pattern.compile("\\(version>=([^)]+)\\)");
    private static final Pattern BELOW = Pattern.compile("\\(!\\(version>=([^)]+)\\)\\)");
    private static final Pattern EXACT = Pattern.compile("\\(version=([^)]+)\\)");

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
        return "it could not be deployed: " + cause;
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
                return "its bundle activator failed: " + (failure.getCause() == null ? failure.getMessage() : failure.getCause());
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
