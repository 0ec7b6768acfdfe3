package peers;

import java.sql.*;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Executor;

/** A connection without a server; a plain class, so that no pool is charged for a reflective double. */
final class StubConnection implements Connection {
    public void abort(Executor a) {}
    public void clearWarnings() {}
    public void close() {}
    public void commit() {}
    public Array createArrayOf(String a, Object[] b) { return null; }
    public Blob createBlob() { return null; }
    public Clob createClob() { return null; }
    public NClob createNClob() { return null; }
    public SQLXML createSQLXML() { return null; }
    public Statement createStatement() { return null; }
    public Statement createStatement(int a, int b) { return null; }
    public Statement createStatement(int a, int b, int c) { return null; }
    public Struct createStruct(String a, Object[] b) { return null; }
    public boolean getAutoCommit() { return true; }
    public String getCatalog() { return null; }
    public Properties getClientInfo() { return null; }
    public String getClientInfo(String a) { return null; }
    public int getHoldability() { return 0; }
    public DatabaseMetaData getMetaData() { return null; }
    public int getNetworkTimeout() { return 0; }
    public String getSchema() { return null; }
    public int getTransactionIsolation() { return TRANSACTION_READ_COMMITTED; }
    public Map<String, Class<?>> getTypeMap() { return null; }
    public SQLWarning getWarnings() { return null; }
    public boolean isClosed() { return false; }
    public boolean isReadOnly() { return false; }
    public boolean isValid(int a) { return true; }
    public boolean isWrapperFor(Class<?> a) { return false; }
    public String nativeSQL(String a) { return null; }
    public CallableStatement prepareCall(String a) { return null; }
    public CallableStatement prepareCall(String a, int b, int c) { return null; }
    public CallableStatement prepareCall(String a, int b, int c, int d) { return null; }
    public PreparedStatement prepareStatement(String a) { return null; }
    public PreparedStatement prepareStatement(String a, String[] b) { return null; }
    public PreparedStatement prepareStatement(String a, int b) { return null; }
    public PreparedStatement prepareStatement(String a, int b, int c) { return null; }
    public PreparedStatement prepareStatement(String a, int b, int c, int d) { return null; }
    public PreparedStatement prepareStatement(String a, int[] b) { return null; }
    public void releaseSavepoint(Savepoint a) {}
    public void rollback() {}
    public void rollback(Savepoint a) {}
    public void setAutoCommit(boolean a) {}
    public void setCatalog(String a) {}
    public void setClientInfo(Properties a) {}
    public void setClientInfo(String a, String b) {}
    public void setHoldability(int a) {}
    public void setNetworkTimeout(Executor a, int b) {}
    public void setReadOnly(boolean a) {}
    public Savepoint setSavepoint() { return null; }
    public Savepoint setSavepoint(String a) { return null; }
    public void setSchema(String a) {}
    public void setTransactionIsolation(int a) {}
    public void setTypeMap(Map<String, Class<?>> a) {}
    public <T> T unwrap(Class<T> a) { return null; }
}
