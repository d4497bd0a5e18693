// SPDX-License-Identifier: Apache-2.0
package a6runner.runner.fake;

import org.apache.apisix.plugin.runner.filter.ConfiguredFilter;

/** A plugin that parses its conf by a lambda. */
public final class ParsingFilter extends TestFilter implements ConfiguredFilter<Object> {

    /** A {@code parseConf}. */
    @FunctionalInterface
    public interface Parser {
        Object parse(String conf) throws Exception;
    }

    private final Parser parser;

    public ParsingFilter(String name, Parser parser) {
        super(name);
        this.parser = parser;
    }

    @Override
    public Object parseConf(String conf) throws Exception {
        return parser.parse(conf);
    }
}
