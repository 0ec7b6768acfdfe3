"""A server over HTTP: what works, and what each way to get it wrong is called."""
from .report import expect, expect_equal


def _url(at, parameters):
    return f"jdbc:hive2://{at.server.known['host']}:{at.server.known['port']}/default{parameters}"


def _refused(at, url, *says):
    result = at.query.run("-e", "select 1", url=url, limit=90)
    expect_equal(result.status, 1, f"exit status of {url} ({result.err[:300]})")
    for text in says:
        expect(text in result.err, f"{url}: the message does not say {text!r}: {result.err[:400]}")


def select_over_http(at):
    result = at.query.succeed("-e", "select 1 as one; select 2 as two", "--format", "csv", "--silent")
    expect("1\n" in result.out and "2\n" in result.out, f"rows: {result.out!r}")


def select_without_cookies(at):
    result = at.query.succeed("-e", "select 1 as one", "--format", "csv", url=at.server.url + ";cookieAuth=false")
    expect_equal(result.out, "one\n1\n", "rows")


def a_stale_cookie(at):
    """As after a restart of the server: it was signed by another one."""
    stale = ";http.cookie.hive.server2.auth=cu=cistern&rn=1&s=bm9uc2Vuc2U="
    result = at.query.succeed("-e", "select 1 as one", "--format", "csv", url=at.server.url + stale)
    expect_equal(result.out, "one\n1\n", "rows")


def wrong_path(at):
    _refused(at, _url(at, ";transportMode=http;httpPath=elsewhere"), "http_path")


def binary_to_http(at):
    _refused(at, _url(at, ""), "it speaks HTTP")


def tls_to_http(at):
    _refused(at, at.server.url + ";ssl=true", "TLS")


CASES = [select_over_http, select_without_cookies, a_stale_cookie, wrong_path, binary_to_http, tls_to_http]
