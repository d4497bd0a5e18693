// SPDX-License-Identifier: Apache-2.0
package a6runner.benchmarks.jmh;

import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Has JMH measure on threads like an event loop's, for which Netty's allocator keeps buffers of their own ({@link #OPTION_EXECUTOR}). */
public final class EventLoopExecutor extends ThreadPoolExecutor {

    /** The JVM's options that make JMH use it. */
    public static final String OPTION_EXECUTOR = "-Djmh.executor=CUSTOM";

    /** The second of them. */
    public static final String OPTION_CLASS = "-Djmh.executor.class=a6runner.benchmarks.jmh.EventLoopExecutor";

    /** As JMH wants it. */
    public EventLoopExecutor(int threads, String name) {
        super(threads, threads, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), new DefaultThreadFactory(name, true));
    }
}
