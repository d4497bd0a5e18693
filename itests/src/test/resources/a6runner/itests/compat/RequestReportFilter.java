// SPDX-License-Identifier: Apache-2.0
package com.example.filters;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.apisix.plugin.runner.HttpRequest;
import org.apache.apisix.plugin.runner.HttpResponse;
import org.apache.apisix.plugin.runner.filter.PluginFilter;
import org.apache.apisix.plugin.runner.filter.PluginFilterChain;
import org.springframework.stereotype.Component;

/** Reads all there is to read of a request and sends it upstream in headers. */
@Component
public class RequestReportFilter implements PluginFilter {

    @Override
    public String name() {
        return "RequestReportFilter";
    }

    @Override
    public List<String> requiredVars() {
        return Arrays.asList("remote_addr", "not_there");
    }

    @Override
    public Boolean requiredBody() {
        return true;
    }

    @Override
    public void filter(HttpRequest request, HttpResponse response, PluginFilterChain chain) {
        String config = request.getConfig(this);
        long id = request.getRequestId();
        String ip = request.getSourceIP();
        HttpRequest.Method method = request.getMethod();
        String path = request.getPath();
        Map<String, String> headers = request.getHeaders();
        Map<String, String> args = request.getArgs();
        long token = request.getConfToken();

        request.setHeader("X-Config", config);
        request.setHeader("X-Id", String.valueOf(id));
        request.setHeader("X-Ip", ip);
        switch (method) {
            case POST:
            case PUT:
                request.setHeader("X-Method", "writes by " + method.name());
                break;
            default:
                request.setHeader("X-Method", "reads by " + method.name());
        }
        request.setHeader("X-Path", path);
        request.setHeader("X-Headers", new TreeMap<>(headers).toString());
        request.setHeader("X-Host", request.getHeader("host"));
        request.setHeader("X-No-Header", String.valueOf(request.getHeader("not-there")));
        request.setHeader("X-Args", new TreeMap<>(args).toString());
        request.setHeader("X-Arg", request.getArg("q"));
        request.setHeader("X-No-Arg", String.valueOf(request.getArg("not-there")));
        request.setHeader("X-Token", Long.toString(token));
        request.setHeader("X-Var", request.getVars("remote_addr"));
        request.setHeader("X-No-Var", "[" + request.getVars("not_there") + "]");
        request.setHeader("X-Undeclared-Var", String.valueOf(request.getVars("undeclared")));
        request.setHeader("X-Body", request.getBody());
        request.setHeader("X-Latin", request.getBody(StandardCharsets.ISO_8859_1));
        request.setHeader("X-Body-Default", request.getBody(Charset.forName("UTF-8")));

        // The maps are ours: a filter may do with them what it likes.
        headers.put("host", "changed");
        args.clear();

        StringBuilder names = new StringBuilder();
        List<PluginFilter> filters = chain.getFilters();
        for (PluginFilter filter : filters) {
            names.append(filter.name()).append(' ');
        }
        request.setHeader("X-Chain", chain.getIndex() + " of " + names.toString().trim());
        chain.filter(request, response);
    }
}
