"""A server over HTTP and TLS: each way to speak to it that is wrong has a name."""
from .report import expect, expect_equal


def _refused(at, parameters, *says, host="localhost"):
    url = f"jdbc:hive2://{host}:{at.server.known['port']}/default{parameters}"
    result = at.query.run("-e", "select 1", url=url, limit=60)
    expect_equal(result.status, 1, f"exit status of {url} ({result.err[:300]})")
    for text in says:
        expect(text in result.err, f"{url}: the message does not say {text!r}: {result.err[:400]}")
    expect(at.server.known["password"] not in result.err, "the message shows the password")


def _trusted(at):
    return f";ssl=true;sslTrustStore={at.server.known['ca']}"


def select_with_and_without_cookies(at):
    """The cookie is marked Secure; with it or without, a second statement needs no other login."""
    for more in ("", ";cookieAuth=false"):
        result = at.query.succeed("-e", "select 1 as one; select 2 as two", "--format", "csv", "--silent",
                                  url=at.server.url + more)
        expect("1\n" in result.out and "2\n" in result.out, f"rows with {more!r}: {result.out!r}")


def plain_http_to_it(at):
    _refused(at, ";transportMode=http;httpPath=cliservice", "TLS: set tls = on")


def plain_binary_to_it(at):
    _refused(at, "", "TLS: set tls = on")


def binary_inside_tls(at):
    _refused(at, _trusted(at), "it speaks HTTP")


def a_certificate_of_nobody_we_know(at):
    _refused(at, ";ssl=true;transportMode=http;httpPath=cliservice", "self-signed and not trusted")


def a_certificate_for_another_host(at):
    _refused(at, _trusted(at) + ";transportMode=http;httpPath=cliservice", "is not for 127.0.0.1 but for localhost",
             host="127.0.0.1")


CASES = [select_with_and_without_cookies, plain_http_to_it, plain_binary_to_it, binary_inside_tls,
         a_certificate_of_nobody_we_know, a_certificate_for_another_host]
