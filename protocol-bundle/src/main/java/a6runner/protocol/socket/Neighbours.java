// SPDX-License-Identifier: Apache-2.0
package a6runner.protocol.socket;

import a6runner.protocol.takeover.HandOverLink;
import a6runner.spi.ConfHandOver;
import a6runner.spi.HandedConf;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;

/** The other runners that APISIX has tokens of at the moment: predecessor, successor, seldom both. Any thread. */
final class Neighbours {

    private final ConfHandOver confs;
    private final List<HandOverLink> links = new CopyOnWriteArrayList<>();

    Neighbours(ConfHandOver confs) {
        this.confs = confs;
    }

    /** One more is to be asked for unknown tokens. */
    synchronized void add(HandOverLink link) {
        links.add(link);
        link.askOthers(token -> ask(token, links.stream().filter(other -> other != link).iterator()));
        confs.askElsewhere(this::ask);
    }

    /** It isn't there any more. */
    synchronized void remove(HandOverLink link) {
        links.remove(link);
        if (links.isEmpty()) {
            confs.askElsewhere(null);
        }
    }

    /** Whether there is one besides this: then both know each other's tokens through us alone. */
    boolean hasOtherThan(HandOverLink link) {
        return links.stream().anyMatch(other -> other != link);
    }

    private CompletionStage<HandedConf> ask(int token) {
        return ask(token, links.iterator());
    }

    private static CompletionStage<HandedConf> ask(int token, Iterator<HandOverLink> left) {
        if (!left.hasNext()) {
            return CompletableFuture.completedFuture(null);
        }
        return left.next().ask(token).thenCompose(conf -> conf != null ? CompletableFuture.completedFuture(conf) : ask(token, left));
    }
}
