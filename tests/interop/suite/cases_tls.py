"""A server behind TLS: what works, and what each way to get it wrong is called."""
import subprocess

from .report import expect, expect_equal


def _refused(at, url, *says):
    result = at.query.run("-e", "select 1", url=url, limit=90)
    expect_equal(result.status, 1, f"exit status of {url} ({result.err[:300]})")
    expect_equal(result.out, "", f"rows of {url}")
    for text in says:
        expect(text in result.err, f"{url}: the message does not say {text!r}: {result.err[:400]}")


def _url(at, parameters, host="localhost"):
    return f"jdbc:hive2://{host}:{at.server.known['port']}/default{parameters}"


def select_over_tls(at):
    result = at.query.succeed("-e", "select 1 as one", "--format", "csv")
    expect_equal(result.out, "one\n1\n", "rows")


def a_large_result_over_tls(at):
    sql = "select pos from (select posexplode(split(space(30000), ' '))) t"
    result = at.query.succeed("-e", sql, "--format", "csv")
    expect_equal(result.out.count("\n"), 30002, "lines")


def wrong_authority(at):
    other = at.run_dir / "other-ca.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "/dev/null", "-out", other,
                    "-subj", "/CN=other", "-days", "2"], check=True, capture_output=True)
    _refused(at, _url(at, f";ssl=true;sslTrustStore={other}"), "self-signed and not trusted", "sslTrustStore")


def the_systems_authorities(at):
    _refused(at, _url(at, ";ssl=true"), "self-signed and not trusted")


def wrong_host(at):
    """The same server by its address, which its certificate does not have."""
    _refused(at, _url(at, f";ssl=true;sslTrustStore={at.server.known['ca']}", "127.0.0.1"),
             "is not for 127.0.0.1 but for localhost")


def a_java_keystore(at):
    store = at.server.run_dir / "server.p12"
    _refused(at, _url(at, f";ssl=true;sslTrustStore={store}"), "PKCS #12", "openssl pkcs12")


def plain_to_tls(at):
    _refused(at, _url(at, ""), "it speaks TLS: set tls = on")


def plain_nosasl_to_tls(at):
    _refused(at, _url(at, ";auth=noSasl"), "TLS")


def nosasl_inside_tls(at):
    _refused(at, _url(at, f";ssl=true;sslTrustStore={at.server.known['ca']};auth=noSasl"), "SASL")


CASES = [select_over_tls, a_large_result_over_tls, wrong_authority, the_systems_authorities, wrong_host,
         a_java_keystore, plain_to_tls, plain_nosasl_to_tls, nosasl_inside_tls]
