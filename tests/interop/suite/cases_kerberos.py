"""A server behind Kerberos, with a KDC of its own: each protection, and what each way to get it wrong is called."""
from .pool_driver import PoolDriver
from .report import expect, expect_equal

ROWS = 60000
# About 12 MB in batches of 2 MB: each is one frame, and no frame of the request's size.
LARGE = f"select pos, repeat('x', 200) as x from (select posexplode(split(space({ROWS - 1}), ' '))) t"


def _refused(at, *says, url=None, **env):
    result = at.query.run("-e", "select 1", url=url, env=env, limit=60)
    expect_equal(result.status, 1, f"exit status ({result.err[:300]})")
    expect_equal(result.out, "", "rows")
    for text in says:
        expect(text in result.err, f"the message does not say {text!r}: {result.err[:500]}")
    expect("(-n)" not in result.err, f"it asks for a password: {result.err[:500]}")


def _url(at, parameters, host="localhost"):
    return f"jdbc:hive2://{host}:{at.server.known['port']}/default{parameters}"


def the_ticket_says_who(at):
    result = at.query.succeed("-e", "select logged_in_user() as who", "--format", "csv", login=["-n", "somebody"])
    expect_equal(result.out, "who\nalice\n", "rows")


def a_large_result(at):
    result = at.query.succeed("-e", LARGE, "--format", "csv")
    expect_equal(result.out.count("\n"), ROWS + 1, "lines")
    expect(result.out.endswith(f"{ROWS - 1},{'x' * 200}\n"), f"the last row is {result.out[-300:]}")


def a_long_statement(at):
    """Longer than the server's limit for one frame of ours, 64 KiB."""
    script = at.run_dir / "long.sql"
    script.write_text(f"select length('{'y' * 200000}') as n;")
    result = at.query.succeed("-f", script, "--format", "csv")
    expect_equal(result.out, "n\n200000\n", "rows")


def another_protection(at):
    other = "auth-int" if at.server.qop == "auth" else "auth"
    _refused(at, f"asked for is {other}", "hive.server2.thrift.sasl.qop", url=at.server.url + f";saslQop={other}")


def the_same_protection(at):
    at.query.succeed("-e", "select 1", url=at.server.url + f";saslQop={at.server.qop}")


def no_ticket(at):
    missing = f"FILE:{at.run_dir}/no-such-cache"
    _refused(at, "no Kerberos login at hive/localhost@CISTERN.TEST", missing, "run kinit", KRB5CCNAME=missing)


def an_expired_ticket(at):
    _refused(at, "the ticket has expired: run kinit again", KRB5CCNAME=f"FILE:{at.server.run_dir}/bob.ccache")


def an_unknown_service(at):
    """The server by its address: _HOST is then the address, which no principal has."""
    _refused(at, "Server hive/127.0.0.1@CISTERN.TEST not found", "connect by the server's full name",
             url=_url(at, ";principal=hive/_HOST@CISTERN.TEST", "127.0.0.1"))


def another_service(at):
    _refused(at, "the ticket was for HTTP/localhost@CISTERN.TEST",
             url=_url(at, ";principal=HTTP/localhost@CISTERN.TEST"))


def without_kerberos(at):
    result = at.query.run("-e", "select 1", url=_url(at, ""), limit=60)
    expect_equal(result.status, 1, f"exit status ({result.err[:300]})")
    expect("it wants Kerberos: give principal=hive/_HOST@REALM" in result.err, f"it says {result.err[:400]}")


def a_pool_with_a_keytab(at):
    """Who has no ticket, and a keytab instead; in a pool that opens several connections."""
    pool = PoolDriver(at, more=[
        f"pool.real.hive.kerberos_keytab = {at.server.run_dir}/alice.keytab", "pool.real.hive.kerberos_user = alice"],
        env={"KRB5CCNAME": "FILE:/does/not/exist"})
    try:
        expect_equal(pool.ask("select 1"), "rows 1", "by a keytab")
        expect_equal(pool.ask(LARGE), f"rows {ROWS}", "a large result")
    finally:
        pool.running.kill()


def a_delegation_token(at):
    """Got by a ticket, enough to log in without one, and worth nothing once it is cancelled."""
    owner = PoolDriver(at)
    try:
        # The server renews as itself, so it has to be the renewer.
        token = owner.ask("token alice hive/localhost@CISTERN.TEST")
        expect(len(token) > 50 and " " not in token, f"this is no token: {token[:80]!r}")
        by_token = [f"pool.real.hive.endpoint = localhost:{at.server.known['port']}",
                    "pool.real.hive.auth = delegationtoken", f"pool.real.hive.delegation_token = {token}"]
        bearer = PoolDriver(at, by_token, env={"KRB5CCNAME": "FILE:/does/not/exist"})
        try:
            expect_equal(bearer.ask("select 1"), "rows 1", "by a token")
            expect_equal(bearer.ask(LARGE), f"rows {ROWS}", "a large result by a token")
            expect_equal(owner.ask("renew " + token), "done", "renewing")
            expect_equal(owner.ask("cancel " + token), "done", "cancelling")
            again = owner.ask("renew " + token)
            expect(again.startswith("error ") and token not in again, f"of a cancelled token it says {again[:300]}")
        finally:
            bearer.running.kill()
        late = PoolDriver(at, by_token)
        try:
            answer = late.ask("select 1")
            expect("neither expired nor cancelled?" in answer, f"a cancelled token: {answer[:500]}")
        finally:
            late.running.kill()
    finally:
        owner.running.kill()


CASES = [the_ticket_says_who, a_large_result, a_long_statement, another_protection, the_same_protection, no_ticket,
         an_expired_ticket, an_unknown_service, another_service, without_kerberos, a_pool_with_a_keytab,
         a_delegation_token]
OVER_HTTP = [the_ticket_says_who, a_large_result]
# What does not depend on the protection is tried once.
for case in (no_ticket, an_expired_ticket, an_unknown_service, another_service, without_kerberos, a_pool_with_a_keytab):
    case.only_qop = "auth-conf"
