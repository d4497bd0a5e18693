// SPDX-License-Identifier: Apache-2.0
package a6runner.testkit.gateway;

import a6runner.testkit.text.Nearest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** Takes a YAML document's nodes apart, and keeps what is wrong with them, each with its line. What is wrong is read as if it weren't there. */
final class YamlNodes {

    private final String file;
    private final List<String> problems = new ArrayList<>();

    YamlNodes(String file) {
        this.file = file;
    }

    List<String> problems() {
        return problems;
    }

    /** A mapping with these keys only; {@code what} is its name in messages. */
    Map<String, Node> map(Node node, String what, Collection<String> known) {
        Map<String, Node> map = new LinkedHashMap<>();
        if (!(node instanceof MappingNode mapping)) {
            wrong(node, what + " is " + kind(node) + " (expected: a mapping of " + String.join(", ", known) + ")");
            return map;
        }
        for (NodeTuple tuple : mapping.getValue()) {
            String key = tuple.getKeyNode() instanceof ScalarNode scalar ? scalar.getValue() : kind(tuple.getKeyNode());
            if (!known.isEmpty() && !known.contains(key)) {
                wrong(tuple.getKeyNode(), "\"" + key + "\" in " + what + " is nothing the dev gateway knows" + Nearest.hint(key, known) + " (known: "
                        + String.join(", ", known) + ")");
            } else if (map.put(key, tuple.getValueNode()) != null) {
                wrong(tuple.getKeyNode(), "\"" + key + "\" stands twice in " + what);
            }
        }
        return map;
    }

    /** A sequence's nodes; none if there is no node. */
    List<Node> list(Node node, String what) {
        if (node == null) {
            return List.of();
        }
        if (node instanceof SequenceNode sequence) {
            return sequence.getValue();
        }
        wrong(node, what + " is " + kind(node) + " (expected: a list)");
        return List.of();
    }

    /** A text, or what else stands on one line; null if there is no node. */
    String text(Node node, String what) {
        if (node == null) {
            return null;
        }
        if (node instanceof ScalarNode scalar && !scalar.getTag().equals(Tag.NULL)) {
            return scalar.getValue();
        }
        wrong(node, what + " is " + kind(node) + " (expected: a text)");
        return null;
    }

    /** A text where APISIX's schema wants one, and nothing that only looks like one. */
    String string(Node node, String what) {
        if (node instanceof ScalarNode scalar && scalar.getTag().equals(Tag.STR)) {
            return scalar.getValue();
        }
        wrong(node, what + " is " + kind(node) + " (expected: a text; put it in quotes)");
        return null;
    }

    boolean bool(Node node, String what) {
        if (node instanceof ScalarNode scalar && scalar.getTag().equals(Tag.BOOL)) {
            return Boolean.parseBoolean(scalar.getValue());
        }
        if (node != null) {
            wrong(node, what + " is " + kind(node) + " (expected: true or false)");
        }
        return false;
    }

    int number(Node node, String what, int least, int most) {
        if (node instanceof ScalarNode scalar && scalar.getValue().matches("\\d{1,9}")) {
            int number = Integer.parseInt(scalar.getValue());
            if (number >= least && number <= most) {
                return number;
            }
        }
        wrong(node, what + " is " + kind(node) + " (expected: " + least + ".." + most + ")");
        return least;
    }

    /** Keeps that something is wrong where a node stands. */
    void wrong(Node node, String problem) {
        wrong(node.getStartMark().map(Mark::getLine).orElse(0) + 1, problem);
    }

    void wrong(int line, String problem) {
        problems.add(file + ":" + line + ": " + problem);
    }

    private static String kind(Node node) {
        return node instanceof MappingNode ? "a mapping" : node instanceof SequenceNode ? "a list"
                : node instanceof ScalarNode scalar ? scalar.getTag().equals(Tag.NULL) ? "empty" : "\"" + scalar.getValue() + "\"" : "nothing";
    }
}
