// SPDX-License-Identifier: Apache-2.0
package a6runner.testkit.wire;

/** {@code A6.Method}: the request methods that APISIX can send; the ordinal is the wire's number. */
public enum Method {
    GET, HEAD, POST, PUT, DELETE, MKCOL, COPY, MOVE, OPTIONS, PROPFIND, PROPPATCH, LOCK, UNLOCK, PATCH, TRACE;

    /** The name of a number of the wire, {@code unknown N} for others. */
    public static String name(int number) {
        Method[] methods = values();
        return number >= 0 && number < methods.length ? methods[number].name() : "unknown " + number;
    }
}
