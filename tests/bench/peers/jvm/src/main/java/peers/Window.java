package peers;

import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.Supplier;

/** Some threads at one work during one stretch of time; the counterpart of run_window() in C++. */
final class Window {
    private static final int BATCH = 64;
    private static final int PAD = 16;  // longs; so that two threads' counts share no line
    private static final long HOLD_NANOS = 100_000;
    private static final int MOST_WAITS = 4_000_000;

    private final String work;
    private final Supplier<Borrower> borrowers;
    private final int threads;
    private final AtomicLongArray cycles;
    private final long[][] waits;
    private volatile boolean isMeasured;
    private volatile boolean isOver;

    Window(String work, Supplier<Borrower> borrowers, int threads) {
        this.work = work;
        this.borrowers = borrowers;
        this.threads = threads;
        cycles = new AtomicLongArray((threads + 1) * PAD);
        waits = new long[threads][];
    }

    String run(double seconds) throws Exception {
        var start = new CountDownLatch(1);
        var running = new Thread[threads];
        for (int i = 0; i < threads; i++) {
            int index = i;
            running[i] = new Thread(() -> {
                try {
                    start.await();
                    loop(index);
                } catch (Exception e) {
                    e.printStackTrace();
                }
            });
            running[i].start();
        }
        start.countDown();
        Thread.sleep(100);
        long[] before = snapshot();
        long began = System.nanoTime();
        isMeasured = true;
        Thread.sleep(Math.round(seconds * 1000));
        long[] after = snapshot();
        long elapsed = System.nanoTime() - began;
        isOver = true;
        for (Thread thread : running) {
            thread.join();
        }
        return inWords(before, after, elapsed);
    }

    private void loop(int index) throws Exception {
        Borrower borrower = borrowers.get();
        switch (work) {
            case "plain", "crowd" -> plain(borrower, index);
            case "overlap" -> overlap(borrower, index);
            case "hold" -> hold(borrower, index);
            default -> throw new IllegalArgumentException(work);
        }
    }
    private void plain(Borrower borrower, int index) throws Exception {
        long done = 0;
        while (!isOver) {
            for (int i = 0; i < BATCH; i++) {
                borrower.cycle();
            }
            done += BATCH;
            cycles.setOpaque((index + 1) * PAD, done);
        }
    }
    private void overlap(Borrower borrower, int index) throws Exception {
        long done = 0;
        while (!isOver) {
            for (int i = 0; i < BATCH; i++) {
                borrower.overlap();
            }
            done += BATCH;
            cycles.setOpaque((index + 1) * PAD, done);
        }
        borrower.finish();
    }
    private void hold(Borrower borrower, int index) throws Exception {
        long[] noted = new long[MOST_WAITS / threads];
        int count = 0;
        long done = 0;
        while (!isOver) {
            long waited = borrower.hold(HOLD_NANOS);
            if (isMeasured && count < noted.length) {
                noted[count++] = waited;
            }
            cycles.setOpaque((index + 1) * PAD, ++done);
        }
        waits[index] = Arrays.copyOf(noted, count);
    }

    private long[] snapshot() {
        long[] counts = new long[threads];
        for (int i = 0; i < threads; i++) {
            counts[i] = cycles.getOpaque((i + 1) * PAD);
        }
        return counts;
    }
    private String inWords(long[] before, long[] after, long elapsed) {
        long total = 0;
        long least = Long.MAX_VALUE;
        long most = 0;
        for (int i = 0; i < threads; i++) {
            long done = after[i] - before[i];
            total += done;
            least = Math.min(least, done);
            most = Math.max(most, done);
        }
        var text = new StringBuilder(String.format(Locale.ROOT, "{\"ns\": %.3f, \"slowest_by_fastest\": %.4f",
                (double) elapsed / Math.max(total, 1), most == 0 ? 0.0 : (double) least / most));
        if (work.equals("hold")) {
            long[] all = Arrays.stream(waits).flatMapToLong(Arrays::stream).sorted().toArray();
            text.append(String.format(Locale.ROOT,
                    ", \"p50_us\": %.3f, \"p99_us\": %.3f, \"p999_us\": %.3f, \"max_us\": %.3f, \"waits\": %d",
                    quantile(all, 0.5), quantile(all, 0.99), quantile(all, 0.999), quantile(all, 1), all.length));
        }
        return text.append('}').toString();
    }
    private static double quantile(long[] sorted, double share) {
        return sorted.length == 0 ? 0 : sorted[Math.min((int) (share * sorted.length), sorted.length - 1)] / 1e3;
    }
}
