// SPDX-License-Identifier: Apache-2.0
package com.example.filters;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What little of JSON our confs need. */
class Json {

    private Json() {
    }

    static String get(String json, String key) {
        if (json == null) {
            return null;
        }
        Matcher matcher = Pattern.compile("\"" + Pattern.quote(key) + "\"\\s*:\\s*(?:\"([^\"]*)\"|([0-9]+))").matcher(json);
        if (!matcher.find()) {
            return null;
        }
        return matcher.group(1) != null ? matcher.group(1) : matcher.group(2);
    }
}
