#include "tls_fixture.hpp"

#include <catch2/catch.hpp>

#include <openssl/ssl.h>

#include <optional>

using namespace std::chrono_literals;
using namespace std::string_literals;
using namespace cistern;
using namespace cistern::test;

namespace {

struct Refusal {
    TlsFailure failure = TlsFailure::kBroken;
    std::string text;
    std::string answer;
};

template <class Step>
Refusal refusal_of(Step step) {
    try {
        step();
    } catch (const TlsError& error) {
        CHECK(error.breaks_connection());
        CHECK_FALSE(error.is_transient());
        return {error.failure(), error.what(), error.answer()};
    }
    FAIL("no TlsError was thrown");
    return {};
}

constexpr long kDay = 24L * 3600;

}  // namespace

TEST_CASE(
    "each way in which a certificate can be wrong has an error of its own that says what to do",
    "[unit][tls]") {
    TlsFixture net;
    struct Case {
        CertificateSpec spec;
        TlsFailure failure;
        std::string says;
    };
    const auto wrong = GENERATE(
        Case{{.hosts = "DNS:db1, DNS:*.example.org, IP:10.0.0.1"},
             TlsFailure::kWrongHost,
             "is not for localhost but for db1, *.example.org, 10.0.0.1"},
        Case{{.valid_from = -2 * kDay, .valid_until = -kDay}, TlsFailure::kExpired, "has expired"},
        Case{{.valid_from = kDay, .valid_until = 2 * kDay},
             TlsFailure::kNotYetValid,
             "check this machine's clock"});
    net.serve(net.authority.issue("server", wrong.spec));
    const auto refusal = refusal_of([&] { net.connect(net.trusting()); });
    CHECK(refusal.failure == wrong.failure);
    CHECK_THAT(refusal.text,
               Catch::Contains(wrong.says) && Catch::Contains("no TLS with scripted:1"));
    CHECK(net.script->open_streams() == 0);
    CHECK(net.peer->received().empty());
}

TEST_CASE("a certificate of an unknown authority and one that is self-signed are told apart",
          "[unit][tls]") {
    TlsFixture net;
    Authority other{net.folder.path(), "somebody else"};
    net.serve(other.issue("server"));
    const auto unknown = refusal_of([&] { net.connect(net.trusting()); });
    CHECK(unknown.failure == TlsFailure::kUnknownCa);
    CHECK_THAT(unknown.text, Catch::Contains("somebody else") && Catch::Contains("tls_ca"));

    TlsFixture again;
    const auto own = again.authority.self_signed("itself");
    again.serve(own);
    CHECK(refusal_of([&] { again.connect(again.trusting()); }).failure == TlsFailure::kSelfSigned);
    again.script = std::make_shared<StreamScript>();
    again.serve(own);
    CHECK(again.ask(*again.connect({.host = "localhost", .ca_file = own.cert_file}), "hi") == "hi");
}

TEST_CASE("a peer is checked for the host asked for: a name by SNI, an address as an address",
          "[unit][tls]") {
    TlsFixture net;
    struct Case {
        std::string host;
        std::string in_certificate;
        bool is_good;
        std::string asked_for;
    };
    const auto one =
        GENERATE(Case{"db.example.org", "DNS:db.example.org", true, "db.example.org"},
                 Case{"db.example.org.", "DNS:*.example.org", true, "db.example.org"},
                 Case{"a.db.example.org", "DNS:*.example.org", false, "a.db.example.org"},
                 Case{"10.0.0.7", "IP:10.0.0.7", true, ""},
                 Case{"10.0.0.7", "DNS:10.0.0.7", false, ""},
                 Case{"fe80::1%eth0", "IP:fe80::1", true, ""},
                 Case{"::1", "IP:::2", false, ""});
    net.serve(net.authority.issue("server", {.hosts = one.in_certificate}));
    const TlsOptions options{.host = one.host, .ca_file = net.authority.ca_file()};
    if (one.is_good) {
        CHECK(net.ask(*net.connect(options), "hi") == "hi");
    } else {
        CHECK(refusal_of([&] { net.connect(options); }).failure == TlsFailure::kWrongHost);
    }
    CHECK(net.peer->asked_for() == one.asked_for);
}

TEST_CASE("verify = ca asks for no host, and verify = none for nothing", "[unit][tls]") {
    TlsFixture net;
    auto options = net.trusting();
    options.verify = GENERATE(TlsVerify::kCa, TlsVerify::kNone);
    net.serve(net.authority.issue("server", {.hosts = "DNS:elsewhere"}));
    CHECK(net.ask(*net.connect(options), "hi") == "hi");

    Authority other{net.folder.path(), "other"};
    net.script = std::make_shared<StreamScript>();
    net.serve(other.issue("server"));
    if (options.verify == TlsVerify::kCa) {
        CHECK(refusal_of([&] { net.connect(options); }).failure == TlsFailure::kUnknownCa);
    } else {
        CHECK(net.ask(*net.connect(options), "hi") == "hi");
    }
}

TEST_CASE("a peer that answers in something else than TLS is named by its first bytes",
          "[unit][tls]") {
    TlsFixture net;
    const auto [answer, says] = GENERATE(
        std::pair{"HTTP/1.1 400 Bad Request\r\n\r\n"s, "it answers in HTTP without TLS"s},
        std::pair{"-ERR unknown command\r\n"s, "in plain text: \"-ERR unknown command\""s},
        std::pair{"220 ready"s, "in plain text: \"220 ready\""s},
        std::pair{"\x04\x00\x00\x00\x10Invalid status 22"s, "the bytes 04 00 00 00 10 49 6e 76"s});
    net.script->answers([&, text = answer](std::string_view) { return text; });
    const auto refusal = refusal_of([&] { net.connect(net.trusting()); });
    CHECK(refusal.failure == TlsFailure::kNotTls);
    CHECK_THAT(refusal.text, Catch::Contains("does not speak TLS") && Catch::Contains(says));
    CHECK(refusal.answer == answer);
}

TEST_CASE("a peer that hangs up or says nothing to a handshake may speak no TLS, and that is said",
          "[unit][tls]") {
    TlsFixture net;
    SECTION("it hangs up") {
        net.script->then_closes();
        CHECK_THROWS_WITH(net.connect(net.trusting()), Catch::Contains("it may speak no TLS"));
    }
    SECTION("it breaks off") {
        net.script->read_fails_at(0);
        CHECK_THROWS_AS(net.connect(net.trusting()), ConnectError);
    }
    SECTION("it says nothing") {
        CHECK_THROWS_AS(net.connect(net.trusting()), DeadlineExceeded);
        CHECK(net.script->clock().now() == 5s);
    }
    SECTION("it says half of it") {
        net.serve(net.authority.issue("server"));
        net.script->read_stalls_at(100);
        CHECK_THROWS_AS(net.connect(net.trusting()), DeadlineExceeded);
        CHECK(net.script->clock().now() == 5s);
    }
    CHECK(net.script->open_streams() == 0);
}

TEST_CASE("one deadline bounds the whole handshake, however many steps it has", "[unit][tls]") {
    TlsFixture net;
    net.serve(net.authority.issue("server"));
    net.script->in_chunks_of(10).each_call_takes(1s);
    CHECK_THROWS_AS(net.connect(net.trusting()), DeadlineExceeded);
    CHECK(net.script->clock().now() == 5s);
}

TEST_CASE("a peer whose TLS is too old is refused as such", "[unit][tls]") {
    TlsFixture net;
    auto options = net.trusting();
    const auto [newest, wanted] = GENERATE(std::pair{TLS1_1_VERSION, TlsVersion::k1_2},
                                           std::pair{TLS1_2_VERSION, TlsVersion::k1_3});
    options.min_version = wanted;
    net.serve({.identity = net.authority.issue("server"), .max_version = newest});
    const auto refusal = refusal_of([&] { net.connect(options); });
    CHECK(refusal.failure == TlsFailure::kOldVersion);
    CHECK_THAT(refusal.text, Catch::Contains("no version of TLS that we do"));
}

TEST_CASE("a peer that wants a certificate gets ours, and without one the error says so",
          "[unit][tls]") {
    TlsFixture net;
    const int newest = GENERATE(TLS1_2_VERSION, TLS1_3_VERSION);
    const auto serve = [&] {
        net.script = std::make_shared<StreamScript>();
        net.serve({.identity = net.authority.issue("server"),
                   .client_ca = net.authority.ca_file(),
                   .max_version = newest});
    };
    auto options = net.trusting();
    serve();
    const bool looks_first = GENERATE(false, true);
    const auto none = refusal_of([&] {
        const auto stream = net.connect(options);
        CHECK((!looks_first || stream->state() == StreamState::kFailed));
        net.ask(*stream, "hi");
    });
    CHECK_THAT(none.text, Catch::Contains(newest == TLS1_2_VERSION ? "refused" : "give tls_cert"));

    Authority other{net.folder.path(), "other"};
    const auto wrong = other.issue("wrong");
    options.cert_file = wrong.cert_file;
    options.key_file = wrong.key_file;
    serve();
    const auto refused = refusal_of([&] { net.ask(*net.connect(options), "hi"); });
    CHECK(refused.failure == TlsFailure::kClientCertificate);
    CHECK_THAT(refused.text, Catch::Contains("does not accept our certificate"));

    const auto right = net.authority.issue("right", {.key_password = "sesame"});
    options.cert_file = right.cert_file;
    options.key_file = right.key_file;
    options.key_password = Secret{"sesame"};
    serve();
    CHECK(net.ask(*net.connect(options), "hi") == "hi");
}

TEST_CASE("files for TLS that are no good are named with what is wrong, and no password is shown",
          "[unit][tls]") {
    TlsFixture net;
    const ConnectorConfig conf{"p", {}};
    const auto problem = [&](const TlsOptions& options) -> std::string {
        try {
            check_tls(conf, "redis", options);
        } catch (const ConfigError& error) {
            return error.what();
        }
        return "none";
    };
    const auto one = net.authority.issue("one", {.key_password = "sesame"});
    const auto two = net.authority.issue("two");
    const auto jks = net.folder.write("trust.jks", "\xfe\xed\xfe\xed\x00\x00\x00\x02"s).string();
    const auto p12 = net.folder.write("trust.p12", "\x30\x82\x01\x02"s).string();
    const auto text = net.folder.write("note.txt", "nothing").string();
    CHECK(problem(net.trusting()) == "none");
    CHECK_THAT(problem({.host = "h", .ca_file = "/no/such.pem"}),
               Catch::Contains("pool \"p\": redis.tls_ca /no/such.pem cannot be read"));
    CHECK_THAT(problem({.host = "h", .ca_file = jks}),
               Catch::Contains("is a Java keystore") && Catch::Contains("keytool"));
    CHECK_THAT(problem({.host = "h", .ca_file = p12}), Catch::Contains("openssl pkcs12"));
    CHECK_THAT(problem({.host = "h", .ca_file = text}), Catch::Contains("holds no certificate"));
    CHECK_THAT(problem({.host = "h", .cert_file = one.cert_file, .key_file = two.key_file}),
               Catch::Contains("is not the key of tls_cert"));
    CHECK_THAT(problem({.host = "h", .cert_file = one.cert_file, .key_file = one.key_file}),
               Catch::Contains("without tls_key_password"));
    const auto wrong = problem({.host = "h",
                                .cert_file = one.cert_file,
                                .key_file = one.key_file,
                                .key_password = Secret{"open-it"}});
    CHECK_THAT(wrong, Catch::Contains("with tls_key_password") && !Catch::Contains("open-it"));
    CHECK_THAT(problem({.host = ""}), Catch::Contains("tls_host"));
}

TEST_CASE("a renewed authority file is used by the next handshake", "[unit][tls]") {
    TlsFixture net;
    Authority next{net.folder.path(), "next"};
    auto options = net.trusting();
    options.ca_file = net.folder.write("trusted.pem", "").string();
    std::filesystem::copy_file(net.authority.ca_file(),
                               options.ca_file,
                               std::filesystem::copy_options::overwrite_existing);
    net.serve(next.issue("server"));
    CHECK(refusal_of([&] { net.connect(options); }).failure == TlsFailure::kUnknownCa);
    std::filesystem::copy_file(
        next.ca_file(), options.ca_file, std::filesystem::copy_options::overwrite_existing);
    net.script = std::make_shared<StreamScript>();
    net.serve(next.issue("server"));
    CHECK(net.ask(*net.connect(options), "hi") == "hi");
}
