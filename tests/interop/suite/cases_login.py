"""Errors that a person sees: statements that fail, and servers that cannot be entered."""
from .report import expect, expect_equal


def statement_errors(at):
    """Exit status 2, the server's message first, and its stack trace only when asked for."""
    for sql, hint in (("selec 1", "selec"), ("select * from no_such_table", "no_such_table")):
        result = at.query.run("-e", sql)
        expect_equal(result.status, 2, f"exit status of {sql!r} ({result.err[:300]})")
        expect_equal(result.out, "", f"rows of {sql!r}")
        expect(hint in result.err, f"{sql!r}: the message does not say {hint!r}: {result.err[:300]}")
        expect("HiveSQLException" not in result.first_error_line() and "\tat " not in result.err,
               f"{sql!r}: the user sees Java's own text: {result.err[:300]}")


def verbose_shows_all(at):
    result = at.query.run("-e", "select * from no_such_table", "--verbose")
    expect_equal(result.status, 2, "exit status")
    if at.server.kind == "spark":  # Apache Hive keeps its stack traces to itself
        expect("at org.apache" in result.err, f"--verbose shows no stack trace: {result.err[:300]}")


def the_session_survives_errors(at):
    result = at.query.run("-e", "selec 1; select 5 as five", "--force", "--format", "csv")
    expect_equal(result.out, "five\n5\n", "rows after a failed statement")
    expect_equal(result.status, 2, "exit status")


def wrong_login(at):
    """What the server refuses, and the other authentication than it speaks, ends soon and says so."""
    if at.server.auth == "none":
        at.query.succeed("-e", "select 1", login=[])  # the server wants some name; whose, it does not check
    plain = f"jdbc:hive2://{at.server.known['host']}:{at.server.known['port']}/default"
    other = plain + ";auth=noSasl" if at.server.auth == "none" else plain
    login = [] if at.server.auth == "none" else ["-n", "cistern", "-p", "cistern"]
    result = at.query.run("-e", "select 1", url=other, login=login, limit=60)
    expect_equal(result.status, 1, f"exit status with the other authentication ({result.err[:300]})")
    expect("sasl" in result.err.lower(), f"the message does not name the authentication: {result.err[:400]}")
    expect(result.wall < 45, f"it took {result.wall:.0f} s to say so")


def tls_to_a_plain_port(at):
    """A server without TLS answers a handshake in its own way, or hangs up."""
    result = at.query.run("-e", "select 1", url=at.server.url + ";ssl=true", limit=90)
    expect_equal(result.status, 1, f"exit status ({result.err[:300]})")
    expect("TLS" in result.err, f"the message does not speak of TLS: {result.err[:400]}")


def nobody_listens(at):
    result = at.query.run("-e", "select 1", url="jdbc:hive2://127.0.0.1:1/default;auth=noSasl", login=[], limit=60)
    expect_equal(result.status, 1, "exit status")
    expect("127.0.0.1:1" in result.err, f"the message does not name the address: {result.err[:300]}")


CASES = [statement_errors, verbose_shows_all, the_session_survives_errors, wrong_login, tls_to_a_plain_port,
         nobody_listens]
