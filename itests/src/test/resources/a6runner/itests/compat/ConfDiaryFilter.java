// SPDX-License-Identifier: Apache-2.0
package com.example.filters;

import org.apache.apisix.plugin.runner.HttpRequest;
import org.apache.apisix.plugin.runner.HttpResponse;
import org.apache.apisix.plugin.runner.filter.PluginFilter;
import org.apache.apisix.plugin.runner.filter.PluginFilterChain;
import org.springframework.stereotype.Component;

/** Shows what the diary has on its own conf; the path /release lets the diary go on. */
@Component
public class ConfDiaryFilter implements PluginFilter {

    @Override
    public String name() {
        return "ConfDiaryFilter";
    }

    @Override
    public void filter(HttpRequest request, HttpResponse response, PluginFilterChain chain) {
        String entry = ConfDiary.ENTRIES.get(request.getConfToken());
        if (request.getPath().equals("/release")) {
            ConfDiary.RELEASED.countDown();
        }
        request.setHeader("X-Diary", entry == null ? "nothing yet" : entry);
        chain.filter(request, response);
    }
}
