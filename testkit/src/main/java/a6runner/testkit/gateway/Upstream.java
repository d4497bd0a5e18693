// SPDX-License-Identifier: Apache-2.0
package a6runner.testkit.gateway;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Where a route's requests go; its nodes take turns by their weights. Any thread. */
public final class Upstream {

    /** One server. */
    public record Node(String host, int port) {}

    private final List<Node> turns;
    private final AtomicInteger next = new AtomicInteger();

    private Upstream(List<Node> turns) {
        this.turns = List.copyOf(turns);
    }

    /** An upstream of one node. */
    public static Upstream of(String host, int port) {
        return new Upstream(List.of(new Node(host, port)));
    }

    /** An upstream of these turns: a node of weight 2 stands twice. Not empty. */
    static Upstream ofTurns(List<Node> turns) {
        return new Upstream(new ArrayList<>(turns));
    }

    /** Whose turn it is. */
    Node next() {
        return turns.get(Math.floorMod(next.getAndIncrement(), turns.size()));
    }

    @Override
    public String toString() {
        return String.join(", ", turns.stream().map(node -> node.host() + ":" + node.port()).distinct().toList());
    }
}
