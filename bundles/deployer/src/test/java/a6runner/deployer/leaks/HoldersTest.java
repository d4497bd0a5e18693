// SPDX-License-Identifier: Apache-2.0
package a6runner.deployer.leaks;

import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.DriverPropertyInfo;
import java.util.Collection;
import java.util.List;
import java.util.Properties;
import java.util.Timer;
import java.util.TimerTask;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Each way in which a class loader is held, by the real thing; what is held is loaded by a loader of the test's. */
class HoldersTest {

    /** Something of the loader's that runs, or just is. */
    public static class Held implements Runnable {

        private final CountDownLatch end;

        public Held(CountDownLatch end) {
            this.end = end;
        }

        @Override
        public void run() {
            try {
                end.await();
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    /** A thread of the loader's own class. */
    public static final class HeldThread extends Thread {

        private final Runnable work;

        public HeldThread(Runnable work) {
            super("held-thread");
            this.work = work;
        }

        @Override
        public void run() {
            work.run();
        }
    }

    /** A timer's task. */
    public static final class HeldTask extends TimerTask {

        @Override
        public void run() {
            throw new IllegalStateException("never");
        }
    }

    /** A JDBC driver for nothing. */
    public static final class HeldDriver implements Driver {

        @Override
        public Connection connect(String url, Properties info) {
            return null;
        }

        @Override
        public boolean acceptsURL(String url) {
            return false;
        }

        @Override
        public DriverPropertyInfo[] getPropertyInfo(String url, Properties info) {
            return new DriverPropertyInfo[0];
        }

        @Override
        public int getMajorVersion() {
            return 1;
        }

        @Override
        public int getMinorVersion() {
            return 0;
        }

        @Override
        public boolean jdbcCompliant() {
            return false;
        }

        @Override
        public Logger getParentLogger() {
            return null;
        }
    }

    /** A pool's task, that tells when it is under way. */
    public static final class HeldTurn implements Runnable {

        private final CountDownLatch begun;
        private final CountDownLatch end;

        public HeldTurn(CountDownLatch begun, CountDownLatch end) {
            this.begun = begun;
            this.end = end;
        }

        @Override
        public void run() {
            begun.countDown();
            try {
                end.await();
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private final OwnLoader loader = new OwnLoader(HoldersTest.class);
    private final CountDownLatch end = new CountDownLatch(1);

    private List<String> holders() {
        return Holders.of(loader, bundle -> true);
    }

    private Runnable held() throws ReflectiveOperationException {
        return loader.make(Held.class, Runnable.class, end);
    }

    private static String name(Class<?> type) {
        return type.getName();
    }

    /** Runs while a thread lives that is started first and ends with the latch. */
    private void with(Thread thread, Runnable looks) throws InterruptedException {
        thread.start();
        try {
            looks.run();
        } finally {
            end.countDown();
            thread.join();
        }
    }

    @Test
    void aLoaderThatNobodyHoldsHasNoHolders() throws Exception {
        held();
        assertThat(holders()).isEmpty();
    }

    @Test
    void aThreadThatRunsSomethingOfIt() throws Exception {
        with(new Thread(held(), "poller"), () -> assertThat(holders())
                .containsExactly("the thread \"poller\" runs " + name(Held.class) + ": end it in the method with @Deactivate"));
    }

    @Test
    void aThreadOfItsOwnClass() throws Exception {
        with(loader.make(HeldThread.class, Thread.class, held()), () -> assertThat(holders())
                .containsExactly("the thread \"held-thread\" runs " + name(HeldThread.class) + ": end it in the method with @Deactivate"));
    }

    @Test
    void aPoolWithATaskOfIt() throws Exception {
        ScheduledThreadPoolExecutor pool = new ScheduledThreadPoolExecutor(1, task -> new Thread(task, "held-pool"));
        try {
            pool.prestartAllCoreThreads();
            pool.scheduleAtFixedRate(held(), 1, 1, TimeUnit.HOURS);
            assertThat(holders()).singleElement().asString().startsWith("the thread \"held-pool\" holds " + name(Held.class) + " in ")
                    .endsWith(": end it, or its pool, in the method with @Deactivate");
        } finally {
            pool.shutdownNow();
        }
    }

    @Test
    void aTaskThatOnlyAPoolsThreadIsIn() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        ExecutorService pool = Executors.newFixedThreadPool(1, task -> new Thread(task, "held-worker"));
        try {
            pool.execute(() -> {}); // so that the next one isn't the thread's first, which it would keep in a field
            pool.execute(loader.make(HeldTurn.class, Runnable.class, begun, end));
            assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(holders()).containsExactly("the thread \"held-worker\" is probably in its " + name(HeldTurn.class)
                    + ".run: end it, or its pool, in the method with @Deactivate");
        } finally {
            end.countDown();
            pool.shutdownNow();
        }
    }

    @Test
    void aTimer() throws Exception {
        Timer timer = new Timer("held-timer", true);
        try {
            timer.schedule(loader.make(HeldTask.class, TimerTask.class), TimeUnit.HOURS.toMillis(1));
            assertThat(holders()).containsExactly("the timer \"held-timer\" has a task of " + name(HeldTask.class)
                    + ": cancel it in the method with @Deactivate (Timer.cancel)");
        } finally {
            timer.cancel();
        }
    }

    @Test
    void aThreadLocalOfAThreadThatOutlivesIt() throws Exception {
        ThreadLocal<Object> local = new ThreadLocal<>();
        ExecutorService pool = Executors.newSingleThreadExecutor(task -> new Thread(task, "borrowed-pool"));
        try {
            Object value = held();
            pool.submit(() -> local.set(value)).get(20, TimeUnit.SECONDS);
            assertThat(holders()).anyMatch(holder -> holder.equals("a ThreadLocal of the thread \"borrowed-pool\" holds " + name(Held.class)
                    + ": remove it in the end (ThreadLocal.remove)"));
        } finally {
            pool.shutdownNow();
        }
    }

    @Test
    void aContextClassLoader() throws Exception {
        Thread thread = new Thread(new Held(end), "borrowed");
        thread.setContextClassLoader(loader);
        with(thread, () -> assertThat(holders()).containsExactly(
                "the thread \"borrowed\" has its class loader as context class loader: set it back after use (Thread.setContextClassLoader)"));
    }

    @Test
    void aJdbcDriver() throws Exception {
        Driver driver = loader.make(HeldDriver.class, Driver.class);
        DriverManager.registerDriver(driver, () -> {});
        try {
            assertThat(holders()).containsExactly("the JDBC driver " + name(HeldDriver.class) + " is registered: deregister it (DriverManager.deregisterDriver)");
        } finally {
            ((Collection<?>) drivers()).clear();
        }
    }

    private static Object drivers() throws ReflectiveOperationException {
        var field = DriverManager.class.getDeclaredField("registeredDrivers");
        field.setAccessible(true);
        return field.get(null);
    }

    @Test
    void aShutdownHook() throws Exception {
        Thread hook = new Thread(held(), "held-hook");
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            assertThat(holders()).containsExactly("the shutdown hook \"held-hook\" runs " + name(Held.class)
                    + ": remove it in the method with @Deactivate (Runtime.removeShutdownHook)");
        } finally {
            Runtime.getRuntime().removeShutdownHook(hook);
        }
    }
}
