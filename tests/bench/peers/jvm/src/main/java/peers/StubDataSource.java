package peers;

import java.io.PrintWriter;
import java.sql.Connection;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Logger;
import javax.sql.DataSource;

/** Opens stub connections, as slowly as it is told to, and counts them. */
public final class StubDataSource implements DataSource {
    static final AtomicInteger opened = new AtomicInteger();
    static volatile int connectMillis;

    static void payForConnecting() {
        opened.incrementAndGet();
        if (connectMillis > 0) {
            try {
                Thread.sleep(connectMillis);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    public Connection getConnection() {
        payForConnecting();
        return new StubConnection();
    }
    public Connection getConnection(String user, String password) { return getConnection(); }
    public PrintWriter getLogWriter() { return null; }
    public void setLogWriter(PrintWriter writer) {}
    public void setLoginTimeout(int seconds) {}
    public int getLoginTimeout() { return 0; }
    public Logger getParentLogger() { return null; }
    public <T> T unwrap(Class<T> type) { return null; }
    public boolean isWrapperFor(Class<?> type) { return false; }
}
