// SPDX-License-Identifier: Apache-2.0
package a6runner.testkit.call;

import a6runner.testkit.UriCoding;
import a6runner.testkit.text.Nearest;
import a6runner.testkit.text.UsageException;
import a6runner.testkit.wire.Entry;
import a6runner.testkit.wire.Method;
import a6runner.testkit.wire.Text;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import static java.util.stream.Collectors.joining;

/** The command line of {@code a6runner call}, understood. */
final class CallOptions {

    /** Environment variables that name the address, the first that is set wins. */
    static final List<String> ADDRESS_VARIABLES = List.of("A6RUNNER_LISTEN_ADDRESS", "APISIX_LISTEN_ADDRESS");

    private static final List<String> WITH_VALUE = List.of("--plugin", "--path", "--arg", "--header", "--method", "--body", "--var", "--source-ip",
            "--response", "--response-header", "--response-body", "--address", "--timeout");
    private static final List<String> WITHOUT_VALUE = List.of("--json", "--help");
    private static final Pattern DURATION = Pattern.compile("(\\d{1,6})(ms|s|m)");

    final List<Entry> plugins = new ArrayList<>();
    final List<Entry> args = new ArrayList<>();
    final List<Entry> headers = new ArrayList<>();
    final List<Entry> responseHeaders = new ArrayList<>();
    final Map<String, String> vars = new LinkedHashMap<>();
    String path = "/";
    Method method = Method.GET;
    byte[] body;
    byte[] sourceIp = {127, 0, 0, 1};
    int responseStatus;
    byte[] responseBody = {};
    String address;
    /** As long as APISIX waits, and so longer than the runner, which shall be the one to give up and to say why. */
    Duration timeout = Duration.ofSeconds(60);
    boolean json;
    boolean help;

    private CallOptions() {}

    /** Reads a command line; throws {@link UsageException} at the first thing that is wrong. */
    static CallOptions parse(String[] args, Map<String, String> environment) throws UsageException {
        CallOptions options = new CallOptions();
        boolean responsePart = false;
        for (int i = 0; i < args.length; i++) {
            String option = args[i];
            String value = null;
            int equals = option.indexOf('=');
            if (option.startsWith("--") && equals > 0) {
                value = option.substring(equals + 1);
                option = option.substring(0, equals);
            }
            if (option.equals("-h")) {
                option = "--help";
            }
            if (WITHOUT_VALUE.contains(option)) {
                if (value != null) {
                    throw new UsageException(option + " takes no value");
                }
                options.json |= option.equals("--json");
                options.help |= option.equals("--help");
            } else if (WITH_VALUE.contains(option)) {
                if (value == null && (i + 1 == args.length || args[i + 1].startsWith("--"))) {
                    throw new UsageException(option + " needs a value");
                }
                value = value == null ? args[++i] : value;
                options.set(option, value);
                responsePart |= option.startsWith("--response-");
            } else {
                throw new UsageException(unknown(option));
            }
        }
        if (!options.help) {
            options.complete(environment, responsePart);
        }
        return options;
    }

    boolean isResponsePhase() {
        return responseStatus != 0;
    }

    private static String unknown(String option) {
        List<String> known = new ArrayList<>(WITH_VALUE);
        known.addAll(WITHOUT_VALUE);
        return option.startsWith("-")
                ? "unknown option " + option + Nearest.hint(option, known)
                : "unexpected argument " + option + " (every argument belongs to an option)";
    }

    private void set(String option, String value) throws UsageException {
        switch (option) {
            case "--plugin" -> plugins.add(named(option, value, "NAME='CONF'", ""));
            case "--path" -> setPath(value);
            case "--arg" -> args.add(named(option, value, "NAME=VALUE", null));
            case "--header" -> headers.add(header(option, value, true));
            case "--method" -> method = method(value);
            case "--body" -> body = read(option, value);
            case "--var" -> setVar(named(option, value, "NAME=VALUE", null));
            case "--source-ip" -> sourceIp = ip(value);
            case "--response" -> responseStatus = status(value);
            case "--response-header" -> responseHeaders.add(header(option, value, false));
            case "--response-body" -> responseBody = read(option, value);
            case "--address" -> address = value;
            case "--timeout" -> timeout = duration(value);
            default -> throw new IllegalStateException(option);
        }
    }

    private void complete(Map<String, String> environment, boolean responsePart) throws UsageException {
        if (plugins.isEmpty()) {
            throw new UsageException("no --plugin given; at least one is needed");
        }
        if (responsePart && !isResponsePhase()) {
            throw new UsageException("--response-header and --response-body go with --response STATUS");
        }
        for (String variable : ADDRESS_VARIABLES) {
            if (address == null && !environment.getOrDefault(variable, "").isEmpty()) {
                address = environment.get(variable);
            }
        }
        if (address == null) {
            throw new UsageException("no address given; use --address unix:/path or set " + String.join(" or ", ADDRESS_VARIABLES));
        }
        if (!address.startsWith("unix:") && !address.startsWith("/")) {
            throw new UsageException("--address " + address + ": unix:/path expected");
        }
        if (headers.stream().noneMatch(header -> header.isNamed("host"))) {
            headers.add(Entry.of("host", "localhost"));
        }
    }

    /** A query in the path is taken apart as APISIX would do it. */
    private void setPath(String value) throws UsageException {
        if (!value.startsWith("/")) {
            throw new UsageException("--path " + value + ": a path begins with '/'");
        }
        int question = value.indexOf('?');
        path = question < 0 ? value : value.substring(0, question);
        if (question >= 0) {
            args.addAll(UriCoding.args(value.substring(question + 1)));
        }
    }

    private void setVar(Entry var) throws UsageException {
        if (var.value() == null) {
            throw new UsageException("--var " + var.name() + ": NAME=VALUE expected");
        }
        vars.put(var.name().toString(), var.value().toString());
    }

    private static Entry named(String option, String value, String form, String valueIfNone) throws UsageException {
        int equals = value.indexOf('=');
        String name = equals < 0 ? value : value.substring(0, equals);
        if (name.isEmpty()) {
            throw new UsageException(option + " " + value + ": " + form + " expected");
        }
        return Entry.of(name, equals < 0 ? valueIfNone : value.substring(equals + 1));
    }

    private static Entry header(String option, String value, boolean lowerCase) throws UsageException {
        int colon = value.indexOf(':');
        if (colon <= 0) {
            throw new UsageException(option + " " + value + ": 'name: value' expected");
        }
        String name = value.substring(0, colon).strip();
        return new Entry(Text.of(lowerCase ? name.toLowerCase(Locale.ROOT) : name), Text.of(value.substring(colon + 1).strip()));
    }

    private static Method method(String value) throws UsageException {
        for (Method method : Method.values()) {
            if (method.name().equalsIgnoreCase(value)) {
                return method;
            }
        }
        List<String> names = Arrays.stream(Method.values()).map(Enum::name).toList();
        throw new UsageException("--method " + value + ": APISIX calls no plugin for this method" + Nearest.hint(value.toUpperCase(Locale.ROOT), names)
                + "; known are " + new TreeSet<>(names).stream().collect(joining(", ")));
    }

    private static byte[] read(String option, String file) throws UsageException {
        try {
            return Files.readAllBytes(Path.of(file));
        } catch (NoSuchFileException e) {
            throw new UsageException(option + " " + file + ": there is no such file; a text comes as one by " + option + " <(printf '%s' 'TEXT')");
        } catch (IOException | RuntimeException e) {
            throw new UsageException(option + " " + file + ": the file can't be read");
        }
    }

    private static int status(String value) throws UsageException {
        if (!value.matches("[1-9]\\d{2}")) {
            throw new UsageException("--response " + value + ": a status of the upstream expected, 100 to 999");
        }
        return Integer.parseInt(value);
    }

    private static Duration duration(String value) throws UsageException {
        Matcher matcher = DURATION.matcher(value);
        if (!matcher.matches() || Integer.parseInt(matcher.group(1)) == 0) {
            throw new UsageException("--timeout " + value + ": a time such as 500ms, 10s or 1m expected");
        }
        long number = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(number);
            case "s" -> Duration.ofSeconds(number);
            default -> Duration.ofMinutes(number);
        };
    }

    /** An address as digits only, so that no name is looked up. */
    private static byte[] ip(String value) throws UsageException {
        try {
            if (value.matches("\\d{1,3}(\\.\\d{1,3}){3}") || value.matches("[0-9a-fA-F:.]*:[0-9a-fA-F:.]*")) {
                return InetAddress.getByName(value).getAddress();
            }
        } catch (UnknownHostException e) {
            // Said below.
        }
        throw new UsageException("--source-ip " + value + ": an IPv4 or IPv6 address expected");
    }
}
