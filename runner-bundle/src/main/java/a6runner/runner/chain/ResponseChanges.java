// SPDX-License-Identifier: Apache-2.0
package a6runner.runner.chain;

import a6runner.spi.ReceivedEntries;
import a6runner.spi.RunnerControl.Change;
import a6runner.spi.TextEntries;
import java.util.List;

/**
 * What the client shall get of an upstream's response: all headers as they came, repeated ones and odd bytes included, but those that plugins have changed.
 * Used by one thread at a time.
 */
final class ResponseChanges {

    private static final String[] OF_A_BODY = {"content-encoding", "etag"}; // content-length is APISIX's own already

    private final ReceivedEntries received;
    private TextEntries headers; // all that the client gets; null until one is changed
    private boolean bodyReplaced;
    private boolean text; // the new body is, so it is in no encoding
    int status;
    byte[] body;

    ResponseChanges(ReceivedEntries received) {
        this.received = received;
    }

    /** All headers that the client shall get. */
    TextEntries headers() {
        if (headers == null) {
            headers = new TextEntries();
            for (int i = 0; i < received.size(); i++) {
                if (!ownOrNameless(i)) {
                    headers.addReceived(i);
                }
            }
        }
        return headers;
    }

    /** Adds what is changed to a list for people. */
    void list(List<Change> all) {
        if (status != 0) {
            all.add(new Change("status", "", Integer.toString(status)));
        }
        RequestChanges.list(all, "header", headers);
        for (int i = 0; headers != null && i < received.size(); i++) {
            if (!ownOrNameless(i) && find(received.name(i), 0) < 0) {
                all.add(new Change("header", received.name(i), null));
            }
        }
        RequestChanges.list(all, "body", body);
    }

    private boolean ownOrNameless(int i) {
        return received.named(i, "connection", true) || received.named(i, "content-length", true) || received.named(i, "transfer-encoding", true)
                || received.named(i, "", true);
    }

    /** The first value that the client would get, or null. */
    private String shown(String name) {
        int at = headers == null ? -1 : find(name, 0);
        if (headers != null) {
            return at < 0 ? null : headers.received(at) < 0 ? headers.value(at) : received.value(headers.received(at));
        }
        int first = received.find(name, 0, true);
        return first < 0 ? null : received.value(first);
    }

    void set(String name, String value) {
        String shown = shown(name);
        if (value == null ? shown == null : value.equals(shown) || shown == null && ofOldBody(name, value)) {
            return;
        }
        remove(name);
        if (value != null) {
            headers().add(name, value);
        }
    }

    /** Whether a header says of the body that was replaced what the upstream said: filters copy all upstream headers back. */
    private boolean ofOldBody(String name, String value) {
        if (!bodyReplaced || !name.equalsIgnoreCase("etag") && !(text && name.equalsIgnoreCase("content-encoding"))) {
            return false;
        }
        int first = received.find(name, 0, true);
        return first >= 0 && value.equals(received.value(first));
    }

    void add(String name, String value) {
        headers().add(name, value);
    }

    void remove(String name) {
        headers();
        for (int at = find(name, 0); at >= 0; at = find(name, at)) {
            headers.remove(at);
        }
    }

    void replaceText(byte[] newBody) {
        replaceBody(newBody);
        text = true;
    }

    void replaceBody(byte[] newBody) {
        body = newBody;
        text = false;
        if (!bodyReplaced) {
            bodyReplaced = true;
            headers();
            for (String name : OF_A_BODY) {
                for (int at = find(name, 0); at >= 0; at = find(name, at)) {
                    if (headers.received(at) >= 0) {
                        headers.remove(at);
                    } else {
                        at++; // a plugin has set it
                    }
                }
            }
        }
    }

    private int find(String name, int from) {
        for (int i = from; i < headers.size(); i++) {
            int at = headers.received(i);
            if (at < 0 ? headers.name(i).equalsIgnoreCase(name) : received.named(at, name, true)) {
                return i;
            }
        }
        return -1;
    }
}
