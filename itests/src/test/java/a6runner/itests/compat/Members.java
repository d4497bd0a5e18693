// SPDX-License-Identifier: Apache-2.0
package a6runner.itests.compat;

import java.lang.reflect.Method;
import java.nio.charset.Charset;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.apisix.plugin.runner.A6Conf;
import org.apache.apisix.plugin.runner.A6ConfigWatcher;
import org.apache.apisix.plugin.runner.HttpRequest;
import org.apache.apisix.plugin.runner.HttpResponse;
import org.apache.apisix.plugin.runner.PostRequest;
import org.apache.apisix.plugin.runner.PostResponse;
import org.apache.apisix.plugin.runner.filter.PluginFilter;
import org.apache.apisix.plugin.runner.filter.PluginFilterChain;

/** The members of the api that filters for apisix-java-plugin-runner 0.6 use, as their authors know them. */
final class Members {

    /** In the order of the migration guide's table; what begins with "default" need not be implemented. */
    private static final Map<Class<?>, String> TABLE = Map.of(
            PluginFilter.class, """
                    String name()
                    default void filter(HttpRequest, HttpResponse, PluginFilterChain)
                    default void postFilter(PostRequest, PostResponse, PluginFilterChain)
                    default List<String> requiredVars()
                    default Boolean requiredBody()
                    default Boolean requiredRespBody()
                    """,
            PluginFilterChain.class, """
                    void filter(HttpRequest, HttpResponse)
                    void postFilter(PostRequest, PostResponse)
                    int getIndex()
                    List<PluginFilter> getFilters()
                    """,
            HttpRequest.class, """
                    String getConfig(PluginFilter)
                    long getRequestId()
                    String getSourceIP()
                    Method getMethod()
                    String getPath()
                    void setPath(String)
                    Map<String,String> getHeaders()
                    String getHeader(String)
                    void setHeader(String, String)
                    Map<String,String> getArgs()
                    String getArg(String)
                    void setArg(String, String)
                    long getConfToken()
                    String getVars(String)
                    String getBody()
                    String getBody(Charset)
                    """,
            HttpResponse.class, """
                    void setStatusCode(int)
                    void setHeader(String, String)
                    void setBody(String)
                    void setReqHeader(String, String)
                    void setArg(String, String)
                    void setPath(String)
                    """,
            PostRequest.class, """
                    long getRequestId()
                    String getConfig(PluginFilter)
                    Map<String,String> getUpstreamHeaders()
                    Integer getUpstreamStatusCode()
                    String getBody()
                    String getBody(Charset)
                    String getVars(String)
                    long getConfToken()
                    """,
            PostResponse.class, """
                    void setStatusCode(int)
                    void setHeader(String, String)
                    void setBody(String)
                    void setCharset(Charset)
                    """,
            A6ConfigWatcher.class, """
                    String name()
                    default void watch(long, A6Conf)
                    """,
            A6Conf.class, """
                    String get(String)
                    Map<String,String> getConfig()
                    PluginFilterChain getChain()
                    """);

    private static final Map<String, Class<?>> TYPES = Map.ofEntries(
            Map.entry("void", void.class), Map.entry("int", int.class), Map.entry("long", long.class), Map.entry("String", String.class),
            Map.entry("Integer", Integer.class), Map.entry("Boolean", Boolean.class), Map.entry("Charset", Charset.class), Map.entry("Map", Map.class),
            Map.entry("List", List.class), Map.entry("Method", HttpRequest.Method.class), Map.entry("PluginFilter", PluginFilter.class),
            Map.entry("PluginFilterChain", PluginFilterChain.class), Map.entry("HttpRequest", HttpRequest.class),
            Map.entry("HttpResponse", HttpResponse.class), Map.entry("PostRequest", PostRequest.class), Map.entry("PostResponse", PostResponse.class),
            Map.entry("A6Conf", A6Conf.class));

    private static final Pattern LINE = Pattern.compile("(default )?([\\w<>,]+) (\\w+)\\((.*)\\)");

    /**
     * One member.
     *
     * @param optional whether users may leave it unimplemented
     * @param returns its type as users write it
     */
    record Member(Class<?> owner, boolean optional, String returns, String name, List<Class<?>> parameters) {

        private static Member parse(Class<?> owner, String line) {
            Matcher matcher = LINE.matcher(line);
            if (!matcher.matches()) {
                throw new IllegalArgumentException(line);
            }
            List<Class<?>> parameters = matcher.group(4).isEmpty()
                    ? List.of()
                    : Arrays.stream(matcher.group(4).split(", ")).<Class<?>>map(Members::type).toList();
            return new Member(owner, matcher.group(1) != null, matcher.group(2), matcher.group(3), parameters);
        }

        /** Whether users implement the type that has it. */
        boolean implementedByUsers() {
            return owner == PluginFilter.class || owner == A6ConfigWatcher.class;
        }

        /** The method in our api that a compiler would take for it. */
        Method ours() throws NoSuchMethodException {
            return owner.getMethod(name, parameters.toArray(new Class<?>[0]));
        }

        /** What it returns, without type arguments. */
        Class<?> returnType() {
            return type(returns.replaceAll("<.*", ""));
        }

        /** What it returns, as reflection writes it. */
        String genericReturnType() {
            StringBuilder name = new StringBuilder();
            for (String word : returns.split("(?<=[<>,])|(?=[<>,])")) {
                name.append(word.matches("\\w+") ? type(word).getTypeName() : word.equals(",") ? ", " : word);
            }
            return name.toString();
        }

        @Override
        public String toString() {
            return owner.getSimpleName() + "." + name + parameters.stream().map(Class::getSimpleName).toList();
        }
    }

    private Members() {}

    private static Class<?> type(String name) {
        Class<?> type = TYPES.get(name);
        if (type == null) {
            throw new IllegalArgumentException("no type " + name);
        }
        return type;
    }

    static List<Member> all() {
        return TABLE.entrySet().stream().flatMap(type -> type.getValue().lines().map(line -> Member.parse(type.getKey(), line))).toList();
    }
}
