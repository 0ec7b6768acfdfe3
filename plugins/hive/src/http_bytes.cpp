#include "http_bytes.hpp"

#include "http_login.hpp"
#include "peer_protocol.hpp"
#include "shown_text.hpp"

#include <cistern/error.hpp>

#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/parser.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <utility>

namespace hive {
namespace {

namespace http = boost::beast::http;

constexpr std::uint32_t kLongestHead = 64 * 1024;
constexpr std::size_t kReadSize = 16 * 1024;
constexpr std::size_t kLongestErrorText = 4096;
constexpr int kMostWaits = 3;

std::string without_markup(std::string_view text) {
    std::string shown;
    for (const char c : text.substr(0, text.find('<'))) {
        shown += c >= ' ' && c != '\x7f' ? c : ' ';
    }
    return shown.substr(0, kLongestShownText);
}

std::string what_it_means(unsigned status) {
    switch (status) {
        case 404:
        case 405:
            return "; check http_path (hive.server2.thrift.http.path)";
        case 413:
        case 431:
            return "; what the request says about the caller is too long for it";
        default:
            return {};
    }
}

}  // namespace

struct HttpBytes::Reply {
    http::response_parser<http::buffer_body> parser;
};

HttpBytes::HttpBytes(cistern::IoContext& io,
                     cistern::Stream& stream,
                     const HttpSpec& spec,
                     HttpCaller caller)
    : io_{io}, stream_{stream}, spec_{spec}, caller_{std::move(caller)} {
    for (const auto& [name, value] : spec_.cookies) {
        jar_.put(name, std::string{value.reveal()});
    }
}

HttpBytes::~HttpBytes() = default;

void HttpBytes::write_message(std::string_view message, cistern::Deadline deadline) {
    if (is_lost_) {
        throw cistern::IoError{"hive: " + stream_.peer() +
                               " ended the connection with its last answer"};
    }
    message_ = message;
    waits_ = 0;
    send(deadline);
}

void HttpBytes::send(cistern::Deadline deadline) {
    std::string request =
        "POST " + spec_.path + " HTTP/1.1\r\nHost: " + caller_.host +
        "\r\nContent-Type: application/x-thrift\r\nAccept: application/x-thrift\r\n"
        "User-Agent: cistern\r\nX-XSRF-HEADER: true\r\nContent-Length: " +
        std::to_string(message_.size()) + "\r\n";
    bool has_own_login = false;  // such as a token
    for (const auto& [name, value] : spec_.headers) {
        request += name + ": " + std::string{value.reveal()} + "\r\n";
        has_own_login =
            has_own_login || boost::beast::iequals(name, to_string(http::field::authorization));
    }
    has_sent_login_cookie_ = !spec_.login_cookie.empty() && jar_.has(spec_.login_cookie);
    const bool has_to_log_in = !has_sent_login_cookie_ && !has_own_login;
    if (has_to_log_in && caller_.login) {
        request += caller_.login() + "\r\n";
    } else if (has_to_log_in && !caller_.user.empty()) {
        const auto login = basic_credentials(caller_.user, caller_.password);
        request += "Authorization: Basic " + std::string{login.reveal()} + "\r\n";
    }
    if (const auto cookies = jar_.header(); !cookies.empty()) {
        request += "Cookie: " + cookies + "\r\n";
    }
    reply_ = nullptr;
    const cistern::Secret wiped_at_the_end{request + "\r\n" + message_};
    stream_.write_all(wiped_at_the_end.reveal(), deadline);
}

std::size_t HttpBytes::read_some(char* buffer, std::size_t size, cistern::Deadline deadline) {
    if (!reply_) {
        read_head(deadline);
    }
    const auto got = read_body(buffer, size, deadline);
    if (got == 0) {
        throw cistern::ProtocolError{"hive: the answer of " + stream_.peer() +
                                     " ends in the middle of a reply"};
    }
    return got;
}

void HttpBytes::end_reply(cistern::Deadline deadline) {
    char more = 0;
    if (reply_ && read_body(&more, 1, deadline) != 0) {
        throw cistern::ProtocolError{"hive: " + stream_.peer() +
                                     " sent more than one reply to a call"};
    }
    reply_ = nullptr;
}

bool HttpBytes::has_unread() const noexcept {
    return reply_ != nullptr || !arrived_.empty();
}

void HttpBytes::read_head(cistern::Deadline deadline) {
    do {
        await_head(deadline);
        note_cookies();
        is_lost_ = !reply_->parser.keep_alive();
        if (reply_->parser.get().result() == http::status::ok) {
            message_.clear();
            return;
        }
    } while (try_again(deadline));
    refuse(deadline);
}

void HttpBytes::await_head(cistern::Deadline deadline) {
    reply_ = std::make_unique<Reply>();
    auto& parser = reply_->parser;
    parser.header_limit(kLongestHead);
    parser.body_limit(caller_.max_message_size);
    while (!parser.is_header_done()) {
        if (arrived_.empty()) {
            fill(deadline);
        }
        if (const auto other = describe_no_http(arrived_)) {
            throw cistern::ConnectError{
                "hive: " + stream_.peer() + " does not speak HTTP: " + *other,
                {.breaks_connection = true}};
        }
        boost::system::error_code error;
        arrived_.erase(0, parser.put(boost::asio::buffer(arrived_), error));
        if (error == http::error::need_more) {
            fill(deadline);
        } else if (error) {
            throw cistern::ProtocolError{"hive: the answer of " + stream_.peer() +
                                         " is no HTTP that can be read: " + error.message()};
        }
    }
}

void HttpBytes::note_cookies() {
    const auto [begin, end] = reply_->parser.get().equal_range(http::field::set_cookie);
    for (auto field = begin; field != end; ++field) {
        jar_.take({field->value().data(), field->value().size()});
    }
}

// Only after answers that say that nothing was done. Spark answers a cookie it does not know with
// 500.
bool HttpBytes::try_again(cistern::Deadline deadline) {
    const auto& head = reply_->parser.get();
    const auto status = head.result_int();
    const bool is_stale_cookie = has_sent_login_cookie_ && (status == 401 || status == 500);
    std::chrono::seconds pause{0};
    if (is_stale_cookie) {
        jar_.drop(spec_.login_cookie);
    } else {
        const auto after = head[http::field::retry_after];
        int seconds = -1;
        std::from_chars(after.data(), after.data() + after.size(), seconds);
        pause = std::chrono::seconds{seconds};
        const bool is_told_when = status == 503 && seconds >= 0 && waits_++ < kMostWaits;
        if (!is_told_when || io_.clock().left(deadline) <= pause) {
            return false;
        }
    }
    if (is_lost_) {
        if (is_stale_cookie) {
            throw cistern::IoError{"hive: " + stream_.peer() +
                                   " does not know the login any more, and ended the connection"};
        }
        return false;
    }
    static_cast<void>(read_error_text(deadline));
    io_.sleep_until(io_.clock().deadline_after(pause));
    send(deadline);
    return true;
}

std::size_t HttpBytes::read_body(char* buffer, std::size_t size, cistern::Deadline deadline) {
    auto& parser = reply_->parser;
    auto& body = parser.get().body();
    body.data = buffer;
    body.size = size;
    body.more = true;
    while (body.size == size && !parser.is_done()) {
        if (arrived_.empty()) {
            fill(deadline);
        }
        boost::system::error_code error;
        arrived_.erase(0, parser.put(boost::asio::buffer(arrived_), error));
        if (error == http::error::need_more) {
            // Of a chunk's head or of trailers, which are no part of the body.
            if (arrived_.size() > kLongestHead) {
                throw cistern::ProtocolError{"hive: the answer of " + stream_.peer() +
                                             " has a chunk header or trailers that do not end"};
            }
            fill(deadline);
        } else if (error == http::error::body_limit) {
            throw cistern::ProtocolError{"hive: the reply of " + stream_.peer() +
                                         " needs more than max_message_size"};
        } else if (error && error != http::error::need_buffer) {
            throw cistern::ProtocolError{"hive: the answer of " + stream_.peer() +
                                         " is no HTTP that can be read: " + error.message()};
        }
    }
    return size - body.size;
}

std::string HttpBytes::read_error_text(cistern::Deadline deadline) {
    std::string text;
    std::array<char, 512> part{};
    while (const auto got = read_body(part.data(), part.size(), deadline)) {
        text.append(part.data(), text.size() < kLongestErrorText ? got : 0);
    }
    reply_ = nullptr;
    return text;
}

void HttpBytes::refuse(cistern::Deadline deadline) {
    const auto& head = reply_->parser.get();
    const auto status = head.result_int();
    auto said =
        std::to_string(status) + ' ' + without_markup({head.reason().data(), head.reason().size()});
    try {
        if (const auto text = without_markup(read_error_text(deadline)); !text.empty()) {
            said += ": " + text;
        }
    } catch (const cistern::IoError&) {
        // It ends where the connection does; the status says enough.
    }
    said = (*caller_.redact)(said) + what_it_means(status);
    const auto peer = "hive: " + stream_.peer();
    if (status == 401 || status == 403) {
        throw cistern::AuthError{peer + " refused the login: HTTP " + said};
    }
    if (status == 404 || status == 405 || status == 503) {
        throw cistern::ConnectError{peer + " answered HTTP " + said,
                                    {.breaks_connection = true, .is_transient = status == 503}};
    }
    throw cistern::ProtocolError{peer + " answered HTTP " + said};
}

void HttpBytes::fill(cistern::Deadline deadline) {
    const auto had = arrived_.size();
    arrived_.resize(had + kReadSize);
    std::size_t got = 0;
    try {
        got = stream_.read_some(arrived_.data() + had, kReadSize, deadline);
    } catch (...) {
        arrived_.resize(had);
        throw;
    }
    arrived_.resize(had + got);
    if (got == 0) {
        throw cistern::IoError{stream_.peer() + " closed the connection instead of answering HTTP" +
                               (reply_ && reply_->parser.got_some()
                                    ? ""
                                    : "; it may speak the binary protocol, or expect TLS")};
    }
}

}  // namespace hive
