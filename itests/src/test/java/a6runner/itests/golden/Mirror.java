// SPDX-License-Identifier: Apache-2.0
package a6runner.itests.golden;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.apisix.plugin.runner.HttpRequest;
import org.apache.apisix.plugin.runner.HttpResponse;
import org.apache.apisix.plugin.runner.PostRequest;
import org.apache.apisix.plugin.runner.PostResponse;
import org.apache.apisix.plugin.runner.filter.PluginFilter;
import org.apache.apisix.plugin.runner.filter.PluginFilterChain;
import org.osgi.service.component.annotations.Component;

/** Answers with a description of what it sees of the call. */
@Component
public final class Mirror implements PluginFilter {

    @Override
    public String name() {
        return "mirror";
    }

    @Override
    public void filter(HttpRequest request, HttpResponse response, PluginFilterChain chain) {
        Map<String, List<String>> args = new TreeMap<>();
        request.getArgs().keySet().forEach(name -> args.put(name, request.getArgValues(name)));
        Map<String, List<String>> headers = new TreeMap<>();
        request.getHeaders().keySet().forEach(name -> headers.put(name, request.getHeaderValues(name)));
        response.setBody(describe(request.getRequestId(), request.getSourceAddress().getHostAddress(), request.getMethod().name(), request.getPath(), args, headers));
    }

    @Override
    public void postFilter(PostRequest request, PostResponse response, PluginFilterChain chain) {
        Map<String, List<String>> headers = new TreeMap<>();
        request.getUpstreamHeaders().keySet().forEach(name -> headers.put(name, request.getUpstreamHeaderValues(name)));
        response.setBody(describe(request.getRequestId(), request.getUpstreamStatusCode(), headers));
    }

    static String describe(long id, String address, String method, String path, Map<String, List<String>> args, Map<String, List<String>> headers) {
        return "call " + id + " from " + address + "\n" + method + " " + path + "\n" + lines("argument", args) + lines("header", headers);
    }

    static String describe(long id, int status, Map<String, List<String>> headers) {
        return "call " + id + "\n" + status + "\n" + lines("header", headers);
    }

    private static String lines(String what, Map<String, List<String>> entries) {
        StringBuilder lines = new StringBuilder();
        entries.forEach((name, values) -> values.forEach(value -> lines.append(what).append(' ').append(name).append('=').append(value).append('\n')));
        return lines.toString();
    }
}
