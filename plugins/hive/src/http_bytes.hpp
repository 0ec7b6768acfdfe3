#pragma once

#include "cookie_jar.hpp"
#include "http_spec.hpp"
#include "redactor.hpp"
#include "wire_bytes.hpp"

#include <cistern/secret.hpp>
#include <cistern/stream.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace hive {

// Who asks, and where.
struct HttpCaller {
    std::string host;  // as the request names it
    std::string user;
    cistern::Secret password;
    std::shared_ptr<const Redactor> redact;
    std::uint64_t max_message_size = 0;
    // Makes a header in place of user and password, anew for each request that has to log in.
    std::function<std::string()> login{};
};

// Each message is the body of a POST, and its reply the body of the answer. One request at a time
// on one connection, which is kept; an answer that ends it loses the session's connection.
//
// A server that has forgotten the cookie of a login, or is not ready and says when it will be, has
// done nothing yet: then the request goes out once more.
class HttpBytes final : public WireBytes {
public:
    HttpBytes(cistern::IoContext& io,
              cistern::Stream& stream,
              const HttpSpec& spec,
              HttpCaller caller);
    ~HttpBytes() override;

    std::size_t read_some(char* buffer, std::size_t size, cistern::Deadline deadline) override;
    void write_message(std::string_view message, cistern::Deadline deadline) override;
    void end_reply(cistern::Deadline deadline) override;
    [[nodiscard]] bool has_unread() const noexcept override;

private:
    struct Reply;

    void send(cistern::Deadline deadline);
    void read_head(cistern::Deadline deadline);
    void await_head(cistern::Deadline deadline);
    [[nodiscard]] bool try_again(cistern::Deadline deadline);
    void note_cookies();
    [[nodiscard]] std::size_t read_body(char* buffer, std::size_t size, cistern::Deadline deadline);
    [[nodiscard]] std::string read_error_text(cistern::Deadline deadline);
    [[noreturn]] void refuse(cistern::Deadline deadline);
    void fill(cistern::Deadline deadline);

    cistern::IoContext& io_;
    cistern::Stream& stream_;
    const HttpSpec spec_;
    const HttpCaller caller_;
    CookieJar jar_;
    std::string message_;  // until its answer has begun
    std::string arrived_;  // and not parsed yet
    std::unique_ptr<Reply> reply_;
    bool has_sent_login_cookie_ = false;
    bool is_lost_ = false;  // the server ends the connection after this answer
    int waits_ = 0;         // for a server that was not ready
};

}  // namespace hive
