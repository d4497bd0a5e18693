// SPDX-License-Identifier: Apache-2.0
package com.example.filters;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import org.apache.apisix.plugin.runner.A6Conf;
import org.apache.apisix.plugin.runner.A6ConfigWatcher;
import org.apache.apisix.plugin.runner.filter.PluginFilter;
import org.springframework.stereotype.Component;

/** Writes down each conf that comes; for one whose value is "hold" it waits until somebody lets it go. */
@Component
public class ConfDiary implements A6ConfigWatcher {

    static final Map<Long, String> ENTRIES = new ConcurrentHashMap<>();
    static final CountDownLatch RELEASED = new CountDownLatch(1);

    @Override
    public String name() {
        return "ConfDiary";
    }

    @Override
    public void watch(long confToken, A6Conf conf) {
        String value = conf.get("ConfDiaryFilter");
        if ("hold".equals(value)) {
            try {
                RELEASED.await();
            } catch (InterruptedException e) {
                return;
            }
        }
        StringBuilder chain = new StringBuilder();
        for (PluginFilter filter : conf.getChain().getFilters()) {
            chain.append(filter.name()).append(' ');
        }
        ENTRIES.put(confToken, value + " in " + conf.getConfig() + " by " + chain.toString().trim() + " and no " + conf.get("not there"));
    }
}
