package peers;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;

/**
 * java peers.Main ENGINE: reads commands, one a line, and answers each with one line of JSON.
 *
 *   plain|overlap|hold|crowd THREADS SIZE SECONDS
 *   spike CALLERS MIN MAX CONNECT_MS WORK_MS
 */
public final class Main {
    private static final Map<Integer, Supplier<Borrower>> pools = new HashMap<>();

    public static void main(String[] arguments) throws Exception {
        PrintStream answers = System.out;
        System.setOut(System.err);
        answers.println("READY");
        var commands = new BufferedReader(new InputStreamReader(System.in));
        for (String line = commands.readLine(); line != null; line = commands.readLine()) {
            answers.println(answer(arguments[0], line.trim().split(" ")));
            answers.flush();
        }
        System.exit(0);
    }

    private static String answer(String engine, String[] command) {
        try {
            if (command[0].equals("spike")) {
                return spike(engine, number(command[1]), number(command[2]), number(command[3]),
                        number(command[4]), number(command[5]));
            }
            Supplier<Borrower> borrowers = pool(engine, number(command[2]));
            return new Window(command[0], borrowers, number(command[1])).run(Double.parseDouble(command[3]));
        } catch (Exception e) {
            e.printStackTrace();
            return "{}";
        }
    }
    private static int number(String text) { return Integer.parseInt(text); }

    private static Supplier<Borrower> pool(String engine, int size) throws Exception {
        Supplier<Borrower> borrowers = pools.get(size);
        if (borrowers == null) {
            StubDataSource.connectMillis = 0;
            borrowers = Engines.make(engine, size, size);
            pools.put(size, borrowers);
            Thread.sleep(1500);  // some fill up in the background
        }
        return borrowers;
    }

    private static String spike(String engine, int callers, int min, int max, int connectMillis, int workMillis)
            throws Exception {
        StubDataSource.connectMillis = 0;
        Supplier<Borrower> borrowers = Engines.make(engine, min, max);
        borrowers.get().cycle();
        Thread.sleep(1500);
        int before = StubDataSource.opened.get();
        StubDataSource.connectMillis = connectMillis;
        var ready = new CountDownLatch(callers);
        var start = new CountDownLatch(1);
        var running = new Thread[callers];
        for (int i = 0; i < callers; i++) {
            running[i] = new Thread(() -> {
                try {
                    ready.countDown();
                    start.await();
                    borrowers.get().hold(workMillis * 1_000_000L);
                } catch (Exception e) {
                    e.printStackTrace();
                }
            });
            running[i].start();
        }
        ready.await();
        Thread.sleep(20);
        long began = System.nanoTime();
        start.countDown();
        for (Thread thread : running) {
            thread.join();
        }
        double makespan = (System.nanoTime() - began) / 1e6;
        int opened = StubDataSource.opened.get() - before;
        Thread.sleep(700);
        int openedLater = StubDataSource.opened.get() - before;
        StubDataSource.connectMillis = 0;
        return String.format(Locale.ROOT, "{\"makespan_ms\": %.3f, \"opened\": %d, \"opened_later\": %d}",
                makespan, opened, openedLater);
    }

    private Main() {}
}
