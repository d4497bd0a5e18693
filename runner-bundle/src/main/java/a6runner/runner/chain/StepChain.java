// SPDX-License-Identifier: Apache-2.0
package a6runner.runner.chain;

import java.util.List;
import org.apache.apisix.plugin.runner.HttpRequest;
import org.apache.apisix.plugin.runner.HttpResponse;
import org.apache.apisix.plugin.runner.PostRequest;
import org.apache.apisix.plugin.runner.PostResponse;
import org.apache.apisix.plugin.runner.filter.PluginFilter;
import org.apache.apisix.plugin.runner.filter.PluginFilterChain;

/** The chain as one step sees it. Any thread. */
final class StepChain implements PluginFilterChain {

    private final CallRun run;
    private final int index;

    StepChain(CallRun run, int index) {
        this.run = run;
        this.index = index;
    }

    @Override
    public void filter(HttpRequest request, HttpResponse response) {
        run.goOn(index);
    }

    @Override
    public void postFilter(PostRequest request, PostResponse response) {
        run.goOn(index);
    }

    @Override
    public int getIndex() {
        return index;
    }

    @Override
    public List<PluginFilter> getFilters() {
        return run.chain.filters();
    }
}
