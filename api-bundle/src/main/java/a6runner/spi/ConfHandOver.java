// SPDX-License-Identifier: Apache-2.0
package a6runner.spi;

import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import org.osgi.annotation.versioning.ProviderType;

/**
 * How the confs that APISIX holds tokens for come from a runner process to the one that takes its address over: implemented by the runner, called by the
 * protocol, which talks with the other process. As long as both live, each asks the other for tokens that it doesn't know. Any thread; never blocks.
 */
@ProviderType
public interface ConfHandOver {

    /** Completes when calls are served: after the deploy folder's first scan, or after {@code start.wait}. */
    CompletionStage<Void> ready();

    /** Each conf; those that come or go meanwhile may be among them. */
    void forEach(Consumer<HandedConf> action);

    /** The conf of a token, null if it isn't known here. */
    HandedConf find(int token);

    /**
     * Takes confs of the other process, with their tokens; those that are known already are left as they are.
     *
     * @return completes when the plugins have parsed them, well or not; a plugin that hangs in it holds it up for ever
     */
    CompletionStage<Void> take(List<HandedConf> confs);

    /**
     * Whom to ask for a token that isn't known here; the call that names it waits for the answer.
     *
     * @param elsewhere gives the conf, or null if it isn't known there either, soon and in any case; null: there is nobody to ask any more
     */
    void askElsewhere(IntFunction<CompletionStage<HandedConf>> elsewhere);

    /** Which tokens are made here: those that are even (0) or odd (1). */
    int tokenParity();

    /** Makes the others from now on: two processes that serve one APISIX at the same time must not give the same token to two confs. */
    void tokenParity(int parity);
}
