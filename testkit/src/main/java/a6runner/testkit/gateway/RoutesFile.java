// SPDX-License-Identifier: Apache-2.0
package a6runner.testkit.gateway;

import a6runner.testkit.wire.Entry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;

/**
 * Reads routes from a file of the very shape of APISIX's standalone {@code apisix.yaml}, as far as it is about routes and their ext-plugins. Whatever else
 * stands there is named and refused: a gateway that left out, say, a {@code key-auth} would be another one. Stateless; any thread.
 */
public final class RoutesFile {

    private static final String END = "#END";
    private static final int MOST_NAME_BYTES = 128;
    private static final List<String> FILE_KEYS = List.of("routes");
    private static final List<String> ROUTE_KEYS = List.of("id", "name", "desc", "uri", "uris", "methods", "host", "hosts", "plugins", "upstream");
    private static final List<String> EXT_PLUGIN_KEYS = List.of("conf", "allow_degradation");
    private static final List<String> UPSTREAM_KEYS = List.of("name", "desc", "type", "scheme", "nodes");
    private static final List<String> NODE_KEYS = List.of("host", "port", "weight");
    private static final int MOST_WEIGHT = 1000;

    private final YamlNodes yaml;

    private RoutesFile(String name) {
        yaml = new YamlNodes(name);
    }

    /** The routes of a file; throws {@link IOException} if it can't be read. */
    public static Routes read(Path file, long version) throws IOException, RoutesFileException {
        return parse(file.toString(), Files.readString(file), version);
    }

    /** The routes of a text; {@code name} stands for the file in messages. */
    public static Routes parse(String name, String text, long version) throws RoutesFileException {
        RoutesFile file = new RoutesFile(name);
        List<Route> routes = file.routes(text);
        if (!file.yaml.problems().isEmpty()) {
            throw new RoutesFileException(file.yaml.problems());
        }
        return new Routes(routes, version);
    }

    /** Whether the text has the line by which APISIX knows that nothing is missing. */
    static boolean isWhole(String text) {
        return text.stripTrailing().endsWith(END);
    }

    private List<Route> routes(String text) {
        if (!isWhole(text)) {
            yaml.wrong((int) text.lines().count(), "the last line isn't " + END + ", and APISIX takes no file without it");
            return List.of();
        }
        Optional<Node> root;
        try {
            root = new Compose(LoadSettings.builder().build()).composeString(text);
        } catch (MarkedYamlEngineException e) {
            yaml.wrong(e.getProblemMark().map(mark -> mark.getLine() + 1).orElse(1), "no YAML: " + e.getProblem());
            return List.of();
        } catch (YamlEngineException e) {
            yaml.wrong(1, "no YAML: " + e.getMessage().lines().findFirst().orElse(""));
            return List.of();
        }
        if (root.isEmpty()) {
            yaml.wrong(1, "there is nothing in the file (expected: routes)");
            return List.of();
        }
        List<Route> routes = new ArrayList<>();
        Set<String> ids = new HashSet<>();
        for (Node node : yaml.list(yaml.map(root.get(), "the file", FILE_KEYS).get("routes"), "routes")) {
            Route route = route(node, routes.size() + 1);
            if (!ids.add(route.id())) {
                yaml.wrong(node, "the id " + route.id() + " stands before another route, too");
            }
            routes.add(route);
        }
        return routes;
    }

    private Route route(Node node, int number) {
        Map<String, Node> map = yaml.map(node, "a route", ROUTE_KEYS);
        String givenId = yaml.text(map.get("id"), "id");
        String id = givenId == null ? "arr_" + number : givenId;
        String name = yaml.text(map.get("name"), "name");
        List<String> uris = new ArrayList<>(texts(map, "uri", "uris"));
        if (uris.isEmpty() && yaml.problems().isEmpty()) {
            yaml.wrong(node, "a route without uri");
        }
        for (String uri : uris) {
            if (!uri.startsWith("/") || uri.indexOf('*') >= 0 && uri.indexOf('*') < uri.length() - 1) {
                yaml.wrong(node, "uri: \"" + uri + "\" (expected: a path, maybe with * at its end)");
            }
        }
        Set<String> methods = new HashSet<>(texts(map, null, "methods"));
        Set<String> hosts = new HashSet<>();
        texts(map, "host", "hosts").forEach(host -> hosts.add(host.toLowerCase(Locale.ROOT)));
        return new Route(id, name == null ? id : name, List.copyOf(uris), Set.copyOf(methods), Set.copyOf(hosts), extPlugins(map.get("plugins")),
                map.containsKey("upstream") ? upstream(map.get("upstream")) : null);
    }

    private List<String> texts(Map<String, Node> map, String one, String many) {
        List<String> texts = new ArrayList<>();
        if (one != null && map.containsKey(one)) {
            texts.add(yaml.text(map.get(one), one));
        }
        for (Node node : yaml.list(map.get(many), many)) {
            texts.add(yaml.text(node, many));
        }
        texts.removeIf(text -> text == null);
        return texts;
    }

    private Map<Phase, ExtPlugin> extPlugins(Node node) {
        Map<Phase, ExtPlugin> extPlugins = new EnumMap<>(Phase.class);
        if (node == null) {
            return extPlugins;
        }
        List<String> names = List.of(Phase.values()).stream().map(Phase::pluginName).toList();
        Map<String, Node> plugins = yaml.map(node, "plugins", names);
        for (Phase phase : Phase.values()) {
            Node plugin = plugins.get(phase.pluginName());
            if (plugin != null) {
                Map<String, Node> map = yaml.map(plugin, phase.pluginName(), EXT_PLUGIN_KEYS);
                extPlugins.put(phase, new ExtPlugin(phase, conf(map.get("conf")), yaml.bool(map.get("allow_degradation"), "allow_degradation")));
            }
        }
        return extPlugins;
    }

    private List<Entry> conf(Node node) {
        if (node == null) {
            return null;
        }
        List<Entry> conf = new ArrayList<>();
        for (Node plugin : yaml.list(node, "conf")) {
            Map<String, Node> map = yaml.map(plugin, "a conf", List.of("name", "value"));
            if (!map.containsKey("name") || !map.containsKey("value")) {
                yaml.wrong(plugin, "a conf has a name and a value");
                continue;
            }
            Entry entry = Entry.of(yaml.string(map.get("name"), "name"), yaml.string(map.get("value"), "value"));
            if (entry.name() != null && (entry.name().length() == 0 || entry.name().length() > MOST_NAME_BYTES)) {
                yaml.wrong(plugin, "a name has " + entry.name().length() + " bytes (expected: 1.." + MOST_NAME_BYTES + ")");
            }
            conf.add(entry);
        }
        if (conf.isEmpty()) {
            yaml.wrong(node, "conf is empty (expected: at least one plugin, or no conf)");
        }
        return conf;
    }

    private Upstream upstream(Node node) {
        Map<String, Node> map = yaml.map(node, "upstream", UPSTREAM_KEYS);
        only(map.get("type"), "type", "roundrobin");
        only(map.get("scheme"), "scheme", "http");
        List<Upstream.Node> turns = new ArrayList<>();
        Node nodes = map.get("nodes");
        if (nodes instanceof org.snakeyaml.engine.v2.nodes.SequenceNode) {
            for (Node one : yaml.list(nodes, "nodes")) {
                Map<String, Node> server = yaml.map(one, "a node", NODE_KEYS);
                String host = yaml.text(server.get("host"), "host");
                int port = server.containsKey("port") ? yaml.number(server.get("port"), "port", 1, 65535) : 80;
                add(turns, new Upstream.Node(host, port), server.get("weight"));
            }
        } else if (nodes != null) {
            yaml.map(nodes, "nodes", List.of()).forEach((address, weight) -> {
                int colon = address.lastIndexOf(':');
                boolean port = colon > 0 && address.substring(colon + 1).matches("\\d{1,5}");
                if (colon >= 0 && !port) {
                    yaml.wrong(weight, "the node \"" + address + "\" (expected: host:port)");
                }
                add(turns, new Upstream.Node(port ? address.substring(0, colon) : address, port ? Integer.parseInt(address.substring(colon + 1)) : 80), weight);
            });
        }
        if (turns.isEmpty()) {
            yaml.wrong(node, "an upstream without nodes (expected: nodes of weight 1 or more; for the built-in echo, no upstream)");
            return null;
        }
        return Upstream.ofTurns(turns);
    }

    private void add(List<Upstream.Node> turns, Upstream.Node node, Node weight) {
        int times = weight == null ? 1 : yaml.number(weight, "weight", 0, MOST_WEIGHT);
        for (int i = 0; i < times; i++) {
            turns.add(node);
        }
    }

    private void only(Node node, String what, String value) {
        String text = yaml.text(node, what);
        if (text != null && !text.equals(value)) {
            yaml.wrong(node, what + ": \"" + text + "\" is nothing the dev gateway does (expected: " + value + ")");
        }
    }
}
