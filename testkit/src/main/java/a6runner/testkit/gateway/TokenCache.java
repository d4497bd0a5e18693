// SPDX-License-Identifier: Apache-2.0
package a6runner.testkit.gateway;

import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/** Tokens by conf key, in two layers as in APISIX: eight for the worker, and all for the process (APISIX.md §4). Any thread. */
final class TokenCache {

    private static final int WORKERS_SIZE = 8;
    private static final Duration WORKERS_AGE = Duration.ofSeconds(3600);
    private static final Duration SHARED_AGE = Duration.ofSeconds(3240);

    private record Token(long value, long since) {
        boolean isYoungerThan(Duration age) {
            return System.nanoTime() - since < age.toNanos();
        }
    }

    private final Map<String, Token> workers = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Token> eldest) {
            return size() > WORKERS_SIZE;
        }
    };
    private final Map<String, Token> shared = new HashMap<>();

    /** The worker's, null if it has none. */
    synchronized Long ofWorker(String key) {
        Token token = workers.get(key);
        return token != null && token.isYoungerThan(WORKERS_AGE) ? token.value() : null;
    }

    /** The process's, null if it has none; the worker knows it then. */
    synchronized Long shared(String key) {
        Token token = shared.get(key);
        if (token == null || !token.isYoungerThan(SHARED_AGE)) {
            return null;
        }
        workers.put(key, new Token(token.value(), System.nanoTime()));
        return token.value();
    }

    synchronized void put(String key, long token) {
        workers.put(key, new Token(token, System.nanoTime()));
        shared.put(key, new Token(token, System.nanoTime()));
    }

    /** Forgets all of them. */
    synchronized void flush() {
        workers.clear();
        shared.clear();
    }
}
