// SPDX-License-Identifier: Apache-2.0
package a6runner.testkit.dev;

/** Does something again and again on a daemon thread, for as long as the process lives. */
final class Every {

    private Every() {}

    static void millis(long pause, String name, Runnable task) {
        Thread thread = new Thread(() -> {
            try {
                while (true) {
                    Thread.sleep(pause);
                    task.run();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }, name);
        thread.setDaemon(true);
        thread.start();
    }
}
