"""Ctrl-C ends the statement on the server, not only the wait for it."""
import time

from . import million
from .report import expect, expect_equal

# Long enough to be cancelled, and short enough not to hold up the other cases when it is not.
LONG = {
    "spark": "select count(*) from range(30000000000) a where hash(a.id) = 12345",
    "hive": "select count(*) from interop_million a join interop_million b on a.n % 10 = b.n % 10",
}
# Spark loses a cancel that comes before the statement's first job has begun, and the job then runs on.
# What sleeps is interrupted at any time, and keeps nobody from the server's processors.
SLOW = "select java_method('java.lang.Thread', 'sleep', cast(60000 as bigint))"


def cancel(at):
    million.make_table(at)
    at.query.succeed("-e", "select count(*) from interop_million")  # the first job of a server starts late
    for statement in (LONG[at.server.kind], SLOW):
        interrupt(at, statement)
    after = at.query.succeed("-e", "select 1")
    expect(after.wall < 8, f"the server still works at it: `select 1` took {after.wall:.1f} s")


def interrupt(at, sql):
    statement = at.query.start("-e", sql)
    time.sleep(4)
    expect(statement.child.poll() is None, f"{sql} ended before it was interrupted: {statement.err()[:300]}")
    statement.interrupt()
    interrupted = time.monotonic()
    result = statement.finish(limit=60)
    took = time.monotonic() - interrupted
    expect_equal(result.status, 2, f"exit status ({result.err[:300]})")
    expect("cancel" in result.err.lower(), f"it does not say that it was cancelled: {result.err[:300]}")
    expect(took < 10, f"it ended {took:.1f} s after Ctrl-C")


def statement_timeout(at):
    result = at.query.run("-e", SLOW, "--timeout", "3s", limit=60)
    expect_equal(result.status, 2, f"exit status ({result.err[:300]})")
    expect(result.wall < 20, f"a limit of 3 s took {result.wall:.0f} s")


CASES = [cancel, statement_timeout]
