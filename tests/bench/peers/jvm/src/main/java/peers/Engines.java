package peers;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import javax.sql.DataSource;

/** The pools, each with its defaults but for size and a wait of half a minute. */
final class Engines {
    private static final int WAIT_MILLIS = 30_000;

    /** What makes a borrower for the calling thread. */
    static Supplier<Borrower> make(String engine, int min, int max) throws Exception {
        switch (engine) {
            case "hikari":
                return DataSourceBorrower.of(Hikari.make(min, max));
            case "tomcat":
                return DataSourceBorrower.of(Tomcat.make(min, max));
            case "stormpot":
                return Stormpot.make(max);
            default:
                throw new IllegalArgumentException(engine);
        }
    }

    // Nested, so that a library is loaded only when it is asked for.
    private static final class Hikari {
        static DataSource make(int min, int max) {
            HikariConfig config = new HikariConfig();
            config.setDataSource(new StubDataSource());
            config.setMinimumIdle(min);
            config.setMaximumPoolSize(max);
            config.setConnectionTimeout(WAIT_MILLIS);
            return new HikariDataSource(config);
        }
    }

    private static final class Tomcat {
        static DataSource make(int min, int max) throws Exception {
            var source = new org.apache.tomcat.jdbc.pool.DataSource();
            source.setDataSource(new StubDataSource());
            source.setInitialSize(min);
            source.setMinIdle(min);
            source.setMaxIdle(max);
            source.setMaxActive(max);
            source.setMaxWait(WAIT_MILLIS);
            source.getConnection().close();  // it opens nothing before that
            return source;
        }
    }

    private static final class DataSourceBorrower implements Borrower {
        private final DataSource source;
        private Connection last;

        DataSourceBorrower(DataSource source) { this.source = source; }
        static Supplier<Borrower> of(DataSource source) { return () -> new DataSourceBorrower(source); }

        public void cycle() throws Exception { source.getConnection().close(); }
        public void overlap() throws Exception {
            Connection next = source.getConnection();
            finish();
            last = next;
        }
        public long hold(long nanos) throws Exception {
            long asked = System.nanoTime();
            Connection connection = source.getConnection();
            long waited = System.nanoTime() - asked;
            LockSupport.parkNanos(nanos);
            connection.close();
            return waited;
        }
        public void finish() throws Exception {
            if (last != null) {
                last.close();
                last = null;
            }
        }
    }

    /** Its fastest form: a tap for each thread, and objects that never expire. */
    private static final class Stormpot {
        private static final stormpot.Timeout WAIT =
                new stormpot.Timeout(WAIT_MILLIS, TimeUnit.MILLISECONDS);

        static final class Thing implements stormpot.Poolable {
            private final stormpot.Slot slot;
            Thing(stormpot.Slot slot) { this.slot = slot; }
            public void release() { slot.release(this); }
        }
        static final class Maker implements stormpot.Allocator<Thing> {
            public Thing allocate(stormpot.Slot slot) {
                StubDataSource.payForConnecting();
                return new Thing(slot);
            }
            public void deallocate(Thing thing) {}
        }
        static Supplier<Borrower> make(int size) {
            var pool = stormpot.Pool.from(new Maker()).setSize(size)
                    .setExpiration(stormpot.Expiration.never()).build();
            return () -> new TapBorrower(pool.getThreadLocalTap());
        }
        static final class TapBorrower implements Borrower {
            private final stormpot.PoolTap<Thing> tap;
            private Thing last;
            TapBorrower(stormpot.PoolTap<Thing> tap) { this.tap = tap; }

            public void cycle() throws Exception { tap.claim(WAIT).release(); }
            public void overlap() throws Exception {
                Thing next = tap.claim(WAIT);
                finish();
                last = next;
            }
            public long hold(long nanos) throws Exception {
                long asked = System.nanoTime();
                Thing thing = tap.claim(WAIT);
                long waited = System.nanoTime() - asked;
                LockSupport.parkNanos(nanos);
                thing.release();
                return waited;
            }
            public void finish() {
                if (last != null) {
                    last.release();
                    last = null;
                }
            }
        }
    }

    private Engines() {}
}
