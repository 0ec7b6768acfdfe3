"""Servers that know who may enter: an LDAP server's people, over HTTP and TLS, or those of a class of ours."""
from .pool_driver import PoolDriver
from .report import expect, expect_equal


def the_right_password(at):
    """It has what gets lost on the way: blanks and colons."""
    result = at.query.succeed("-e", "select logged_in_user() as name", "--format", "csv")
    expect_equal(result.out, "name\nalice\n", "who has logged in")


def somebody_else(at):
    user, password = OTHERS[at.server.name]
    result = at.query.succeed("-e", "select logged_in_user() as name", "--format", "csv", login=["-n", user, "-p", password])
    expect_equal(result.out, f"name\n{user}\n", "who has logged in")


def wrong_password(at):
    _refused(at, ["-n", "alice", "-p", "open sesame"], "open sesame")


def unknown_user(at):
    _refused(at, ["-n", "mallory", "-p", at.server.known["password"]], at.server.known["password"])


def over_a_pool(at):
    """The right password opens sessions; a wrong one is told to whoever asks, and not after a timeout."""
    url, known = at.server.url, at.server.known
    for password, wanted in ((known["password"], "rows 1"), ("open sesame", "error ")):
        pool = PoolDriver(at, [f"pool.real.hive.url = {url}", f"pool.real.hive.user = {known['user']}",
                           f"pool.real.hive.password = {password}"])
        try:
            said = pool.ask("select 1", limit=30)
            expect(said.startswith(wanted), f"with {password!r}: {said}")
            expect("open sesame" not in said, f"the message shows the password: {said}")
        finally:
            pool.running.kill()


def _refused(at, login, secret):
    result = at.query.run("-e", "select 1", login=login, limit=60)
    expect_equal(result.status, 1, f"exit status ({result.err[:300]})")
    expect_equal(result.out, "", "rows")
    expect(any(word in result.err for word in ("refused", "login", "401")),
           f"the message does not say that the login was refused: {result.err[:400]}")
    expect(secret not in result.err, "the message shows the password")


OTHERS = {"hive-custom": ("bob", "two words;=%20"), "hive-http-tls": ("bob", "secret bob:1")}

CASES = [the_right_password, somebody_else, wrong_password, unknown_user, over_a_pool]
