// SPDX-License-Identifier: Apache-2.0
package com.example.filters;

import java.util.List;
import org.apache.apisix.plugin.runner.filter.PluginFilter;
import org.springframework.stereotype.Component;

/** Has nothing but a name, and null where there is nothing to want. */
@Component
public class TransparentFilter implements PluginFilter {

    @Override
    public String name() {
        return "TransparentFilter";
    }

    @Override
    public List<String> requiredVars() {
        return null;
    }

    @Override
    public Boolean requiredBody() {
        return null;
    }

    @Override
    public Boolean requiredRespBody() {
        return null;
    }
}
