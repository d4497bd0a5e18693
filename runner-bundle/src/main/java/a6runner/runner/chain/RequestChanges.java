// SPDX-License-Identifier: Apache-2.0
package a6runner.runner.chain;

import a6runner.spi.ReceivedEntries;
import a6runner.spi.RunnerControl.Change;
import a6runner.spi.TextEntries;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A request as it came, and what plugins have changed of it so far: getters show both as one. What is kept is what APISIX has to be told. Used by one thread
 * at a time.
 */
final class RequestChanges {

    private final ReceivedEntries receivedHeaders;
    private final ReceivedEntries receivedArgs;
    String path;
    TextEntries headers; // one entry a name; null value: deleted
    TextEntries args; // the first of a name replaces all that came, the next append; null value: deleted
    TextEntries responseHeaders;
    byte[] body;

    RequestChanges(ReceivedEntries headers, ReceivedEntries args) {
        this.receivedHeaders = headers;
        this.receivedArgs = args;
    }

    boolean isEmpty() {
        return path == null && headers == null && args == null && responseHeaders == null && body == null;
    }

    /** Adds what is changed to a list for people. */
    void list(List<Change> all) {
        if (path != null) {
            all.add(new Change("path", "", path));
        }
        list(all, "header", headers);
        list(all, "argument", args);
        list(all, "response header", responseHeaders);
        list(all, "body", body);
    }

    /** Adds those that a plugin has set or removed. */
    static void list(List<Change> all, String what, TextEntries entries) {
        for (int i = 0; entries != null && i < entries.size(); i++) {
            if (entries.received(i) < 0) {
                all.add(new Change(what, entries.name(i), entries.value(i)));
            }
        }
    }

    static void list(List<Change> all, String what, byte[] body) {
        if (body != null) {
            all.add(new Change(what, "", body.length + " bytes"));
        }
    }

    // ---- headers

    String header(String name) {
        int changed = headers == null ? -1 : headers.find(name, 0, true);
        if (changed >= 0) {
            return headers.value(changed);
        }
        int at = receivedHeaders.find(name, 0, true);
        return at < 0 ? null : text(receivedHeaders.value(at));
    }

    List<String> headerValues(String name) {
        int changed = headers == null ? -1 : headers.find(name, 0, true);
        if (changed >= 0) {
            return headers.value(changed) == null ? List.of() : List.of(headers.value(changed));
        }
        return values(receivedHeaders, name, true);
    }

    Map<String, String> headerMap() {
        Map<String, String> map = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (int i = 0; i < receivedHeaders.size(); i++) {
            map.putIfAbsent(receivedHeaders.name(i), text(receivedHeaders.value(i)));
        }
        for (int i = 0; headers != null && i < headers.size(); i++) {
            if (headers.value(i) == null) {
                map.remove(headers.name(i));
            } else {
                map.put(headers.name(i), headers.value(i));
            }
        }
        return map;
    }

    void setHeader(String name, String value) {
        String shown = header(name);
        if (value == null ? shown == null : value.equals(shown)) {
            return;
        }
        if (headers == null) {
            headers = new TextEntries();
        }
        int at = headers.find(name, 0, true);
        if (at >= 0) {
            headers.setValue(at, value);
        } else {
            headers.add(name, value);
        }
    }

    // ---- arguments

    String arg(String name) {
        int changed = findArg(name, 0);
        if (changed >= 0) {
            return argValue(changed);
        }
        int at = receivedArgs.find(name, 0, false);
        return at < 0 ? null : text(receivedArgs.value(at));
    }

    List<String> argValues(String name) {
        int changed = findArg(name, 0);
        if (changed < 0) {
            return values(receivedArgs, name, false);
        }
        List<String> values = new ArrayList<>();
        for (; changed >= 0; changed = findArg(name, changed + 1)) {
            if (argValue(changed) != null) {
                values.add(argValue(changed));
            }
        }
        return List.copyOf(values);
    }

    Map<String, String> argMap() {
        Map<String, String> map = new LinkedHashMap<>();
        for (int i = 0; i < receivedArgs.size(); i++) {
            map.putIfAbsent(receivedArgs.name(i), text(receivedArgs.value(i)));
        }
        for (int i = args == null ? -1 : args.size() - 1; i >= 0; i--) { // backwards: the first of a name is the one to show
            String name = args.received(i) < 0 ? args.name(i) : receivedArgs.name(args.received(i));
            if (argValue(i) == null) {
                map.remove(name);
            } else {
                map.put(name, argValue(i));
            }
        }
        return map;
    }

    void setArg(String name, String value) {
        if (value == null ? arg(name) == null : argValues(name).equals(List.of(value))) {
            return;
        }
        if (args == null) {
            args = new TextEntries();
        }
        int at = findArg(name, 0);
        if (at < 0) {
            args.add(name, value);
            return;
        }
        for (int next = findArg(name, at + 1); next >= 0; next = findArg(name, at + 1)) {
            args.remove(next);
        }
        if (args.received(at) >= 0) {
            args.remove(at);
            args.add(name, value);
        } else {
            args.setValue(at, value);
        }
    }

    void addArg(String name, String value) {
        if (args == null) {
            args = new TextEntries();
        }
        int at = findArg(name, 0);
        if (at >= 0 && argValue(at) == null) {
            args.setValue(at, value);
            return;
        }
        if (at < 0) {
            for (int i = receivedArgs.find(name, 0, false); i >= 0; i = receivedArgs.find(name, i + 1, false)) {
                if (receivedArgs.value(i) == null) {
                    args.add(name, ""); // an argument without value can't be sent: none means delete
                } else {
                    args.addReceived(i);
                }
            }
        }
        args.add(name, value);
    }

    private int findArg(String name, int from) {
        for (int i = from; args != null && i < args.size(); i++) {
            int received = args.received(i);
            if (received < 0 ? args.name(i).equals(name) : receivedArgs.named(received, name, false)) {
                return i;
            }
        }
        return -1;
    }

    private String argValue(int index) {
        int received = args.received(index);
        return received < 0 ? args.value(index) : receivedArgs.value(received);
    }

    // ---- the client's response

    void setResponseHeader(String name, String value) {
        if (responseHeaders == null) {
            responseHeaders = new TextEntries();
        }
        for (int at = responseHeaders.find(name, 0, true); at >= 0; at = responseHeaders.find(name, at, true)) {
            responseHeaders.remove(at);
        }
        responseHeaders.add(name, value);
    }

    void addResponseHeader(String name, String value) {
        if (responseHeaders == null) {
            responseHeaders = new TextEntries();
        }
        responseHeaders.add(name, value);
    }

    private static String text(String value) {
        return value == null ? "" : value;
    }

    static List<String> values(ReceivedEntries entries, String name, boolean ignoreCase) {
        int at = entries.find(name, 0, ignoreCase);
        if (at < 0) {
            return List.of();
        }
        List<String> values = new ArrayList<>(2);
        for (; at >= 0; at = entries.find(name, at + 1, ignoreCase)) {
            values.add(text(entries.value(at)));
        }
        return List.copyOf(values);
    }
}
