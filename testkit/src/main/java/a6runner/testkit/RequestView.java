// SPDX-License-Identifier: Apache-2.0
package a6runner.testkit;

import a6runner.testkit.Outcome.Change;
import a6runner.testkit.Outcome.Kind;
import a6runner.testkit.Outcome.Part;
import a6runner.testkit.wire.Entry;
import a6runner.testkit.wire.HttpReqCall;
import a6runner.testkit.wire.Method;
import a6runner.testkit.wire.Text;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** A request on its way to the upstream, as a rewrite changes it step by step (APISIX.md §7). */
final class RequestView {

    private final boolean pathRewrittenBefore;
    private final String method;
    private final List<Entry> args;
    private final List<Entry> headers = new ArrayList<>();
    private final List<Entry> responseHeaders = new ArrayList<>();
    private final List<Change> changes = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private Text path;
    private boolean pathRewritten;
    private byte[] body;

    RequestView(HttpReqCall.Req request, byte[] body, boolean pathRewrittenBefore) {
        this.pathRewrittenBefore = pathRewrittenBefore;
        this.method = Method.name(request.method());
        this.path = request.path();
        this.args = new ArrayList<>(ApisixView.orNone(request.args()));
        this.body = body;
        ApisixView.orNone(request.headers()).forEach(header -> headers.add(lowerCased(header)));
    }

    Outcome unchanged() {
        return new Outcome.GoesOn(method, path, pathRewritten, args, headers, body, responseHeaders, changes, notes);
    }

    Outcome rewritten(HttpReqCall.Rewrite rewrite) {
        for (List<Entry> entries : Arrays.asList(rewrite.headers(), rewrite.args(), rewrite.respHeaders())) {
            if (ApisixView.hasNameless(entries)) {
                return ApisixView.breaks("The rewrite has an entry without a name.");
            }
        }
        if (rewrite.path() != null) {
            rewritePath(rewrite.path());
        }
        ApisixView.orNone(rewrite.headers()).forEach(this::rewriteHeader);
        rewriteArgs(ApisixView.orNone(rewrite.args()));
        ApisixView.orNone(rewrite.respHeaders()).forEach(this::addResponseHeader);
        if (rewrite.body() != null) {
            rewriteBody(rewrite.body());
        }
        if (!path.toString().startsWith("/")) {
            return new Outcome.Failure(502, false, null, "The path " + path + " doesn't begin with '/': the upstream's name can't be resolved.", notes);
        }
        return unchanged();
    }

    private void rewritePath(Text to) {
        change(Part.PATH, Kind.SET, null, to);
        pathRewritten = true;
        path = to.length() == 0 ? Text.of("/") : UriCoding.path(to);
        if (to.toString().indexOf('?') >= 0) {
            notes.add("The '?' in the path becomes %3F: the query goes by arguments.");
        }
    }

    private void rewriteHeader(Entry header) {
        String name = ApisixView.lowerCase(header);
        boolean deleted = header.value() == null || header.value().length() == 0;
        change(Part.HEADER, deleted ? Kind.DELETED : Kind.SET, header.name(), deleted ? null : header.value());
        int first = indexOf(name);
        headers.removeIf(entry -> entry.isNamed(name));
        if (!deleted) {
            headers.add(first < 0 ? headers.size() : first, new Entry(Text.of(name), header.value()));
        }
        if (name.equals("content-length")) {
            notes.add("A content-length from the runner makes the request hang, or its rest the client's next request.");
        }
        if (name.equals("host") && deleted) {
            notes.add("The upstream gets an empty host; nginx answers 400 to that.");
        }
    }

    /** The first entry of a name replaces its values, further ones add, one without value deletes. */
    private void rewriteArgs(List<Entry> entries) {
        Set<Text> replaced = new HashSet<>();
        for (Entry entry : entries) {
            if (entry.value() == null) {
                args.removeIf(arg -> arg.name().equals(entry.name()));
                change(Part.ARG, Kind.DELETED, entry.name(), null);
            } else {
                boolean first = replaced.add(entry.name());
                if (first) {
                    args.removeIf(arg -> arg.name().equals(entry.name()));
                }
                args.add(entry);
                change(Part.ARG, first ? Kind.SET : Kind.ADDED, entry.name(), entry.value());
            }
        }
        if (!entries.isEmpty() && !pathRewritten && pathRewrittenBefore) {
            notes.add("The arguments are lost: an earlier plugin has rewritten the path, and this reply gives none.");
        }
    }

    private void addResponseHeader(Entry header) {
        if (ApisixView.isIgnoredInResponses(header)) {
            notes.add("APISIX ignores the response header " + header.name() + " in the request phase.");
        } else if (header.value() == null) {
            notes.add("APISIX ignores the response header " + header.name() + " without a value: the upstream's can't be deleted.");
        } else {
            responseHeaders.addAll(ApisixView.toClient(List.of(header)));
            change(Part.RESPONSE_HEADER, Kind.ADDED, header.name(), header.value());
        }
    }

    private void rewriteBody(byte[] to) {
        if (to.length == 0) {
            notes.add("APISIX ignores the empty body: the body can't be emptied.");
            return;
        }
        body = to;
        change(Part.BODY, Kind.SET, null, new Text(to));
        headers.removeIf(entry -> entry.isNamed("content-length") || entry.isNamed("transfer-encoding"));
        headers.add(Entry.of("content-length", Integer.toString(to.length)));
    }

    private void change(Part part, Kind kind, Text name, Text value) {
        changes.add(new Change(part, kind, name, value));
    }

    private int indexOf(String name) {
        for (int i = 0; i < headers.size(); i++) {
            if (headers.get(i).isNamed(name)) {
                return i;
            }
        }
        return -1;
    }

    private static Entry lowerCased(Entry header) {
        return new Entry(Text.of(ApisixView.lowerCase(header)), header.value());
    }
}
