#include "zookeeper_session.hpp"

#include "big_endian.hpp"

#include <cistern/error.hpp>
#include <cistern/stream_algorithms.hpp>

#include <array>
#include <utility>

namespace hive {
namespace {

constexpr std::size_t kNumberBytes = 4;
constexpr std::size_t kLongBytes = 8;
constexpr std::size_t kPasswordBytes = 16;
constexpr std::size_t kReplyHeadBytes = kNumberBytes + kLongBytes + kNumberBytes;
constexpr std::size_t kStatBytes = 68;  // follows what a node holds
// A server sends at most 1 MiB (its jute.maxbuffer), unless it was told otherwise.
constexpr std::size_t kLargestList = 4 * 1024 * 1024;
constexpr std::size_t kLargestData = 64 * 1024;
constexpr std::size_t kLargestGreeting = 256;
constexpr std::uint32_t kSessionMillis = 30'000;

constexpr std::int32_t kGetData = 4;
constexpr std::int32_t kGetChildren = 8;
constexpr std::int32_t kCloseSession = -11;
constexpr std::int32_t kNotification = -1;
constexpr std::int32_t kNoNode = -101;
constexpr std::int32_t kNoAuth = -102;

std::string number(std::int32_t value) {
    return big_endian(static_cast<std::uint32_t>(value));
}

std::string framed(std::string body) {
    return big_endian(static_cast<std::uint32_t>(body.size())) + std::move(body);
}

std::string text(std::string_view value) {
    return number(static_cast<std::int32_t>(value.size())) + std::string{value};
}

// Takes apart what has arrived, never beyond its end.
class Reader {
public:
    Reader(std::string_view bytes, const std::string& peer) noexcept : rest_{bytes}, peer_{peer} {}

    [[nodiscard]] std::int32_t number() {
        return from_big_endian<std::int32_t>(take(kNumberBytes).data());
    }
    [[nodiscard]] std::string_view text() {
        const auto size = number();
        return size < 0 ? std::string_view{} : take(static_cast<std::size_t>(size));  // -1: null
    }
    std::string_view take(std::size_t size) {
        if (size > rest_.size()) {
            throw cistern::ProtocolError{"hive: ZooKeeper " + peer_ +
                                         " sent an answer that ends early"};
        }
        const auto taken = rest_.substr(0, size);
        rest_.remove_prefix(size);
        return taken;
    }
    [[nodiscard]] std::size_t left() const noexcept { return rest_.size(); }

private:
    std::string_view rest_;
    const std::string& peer_;
};

[[noreturn]] void throw_no_zookeeper(const std::string& peer) {
    throw cistern::ProtocolError{"hive: " + peer +
                                 " does not answer as ZooKeeper does: the servers named with "
                                 "serviceDiscoveryMode=zooKeeper (or "
                                 "hive.zookeeper) are those of ZooKeeper, on its port without TLS, "
                                 "and not HiveServer2 itself"};
}

[[noreturn]] void throw_refused(const std::string& peer, std::string_view path, std::int32_t code) {
    const std::string what =
        "hive: ZooKeeper " + peer + " does not show " + std::string{path} + ": ";
    if (code == kNoAuth) {
        throw cistern::ConnectError{what +
                                        "its access list does not let everybody read it, and "
                                        "nobody logs in to ZooKeeper here",
                                    {.breaks_connection = true}};
    }
    throw cistern::ConnectError{what + "error " + std::to_string(code)};
}

}  // namespace

ZooKeeperSession::ZooKeeperSession(std::unique_ptr<cistern::Stream> stream,
                                   cistern::Deadline deadline)
    : stream_{std::move(stream)} {
    const std::string nothing(kLongBytes, '\0');
    std::string hello = number(0) + nothing;  // the protocol's version; nothing seen yet
    hello += big_endian(kSessionMillis) + nothing + text(std::string(kPasswordBytes, '\0'));
    hello += '\0';  // a server that has lost its quorum is of no use
    stream_->write_all(framed(std::move(hello)), deadline);
    const auto greeting = read_frame(kLargestGreeting, deadline);
    const auto peer = stream_->peer();
    Reader reader{greeting, peer};
    if (greeting.size() < kReplyHeadBytes || reader.number() != 0) {
        throw_no_zookeeper(peer);
    }
    if (reader.number() <= 0) {
        throw cistern::ConnectError{"hive: ZooKeeper " + peer + " gave no session"};
    }
}

std::string ZooKeeperSession::read_frame(std::size_t most, cistern::Deadline deadline) {
    std::array<char, kNumberBytes> head{};
    try {
        cistern::read_exactly(*stream_, head.data(), head.size(), deadline);
    } catch (const cistern::DeadlineExceeded&) {
        throw;
    } catch (const cistern::IoError& error) {
        throw cistern::IoError{"hive: ZooKeeper " + stream_->peer() +
                               " hung up instead of answering; it may be no ZooKeeper, have lost "
                               "its quorum, or allow no "
                               "more connections from here (maxClientCnxns): " +
                               error.what()};
    }
    const auto size = from_big_endian<std::uint32_t>(head.data());
    if (last_xid_ == 0 && size > most) {
        throw_no_zookeeper(stream_->peer());
    }
    if (size > most) {
        throw cistern::ProtocolError{"hive: ZooKeeper " + stream_->peer() + " wants to send " +
                                     std::to_string(size) + " bytes, and no more than " +
                                     std::to_string(most) + " are taken for what was asked"};
    }
    std::string body(size, '\0');
    cistern::read_exactly(*stream_, body.data(), body.size(), deadline);
    return body;
}

std::string ZooKeeperSession::next_request(std::int32_t type, std::string_view path) {
    std::string body = number(++last_xid_) + number(type);
    if (type != kCloseSession) {
        body += text(path);
        body += '\0';  // no watch
    }
    return framed(std::move(body));
}

std::optional<std::string> ZooKeeperSession::read_reply(std::int32_t xid,
                                                        std::string_view path,
                                                        std::size_t most,
                                                        cistern::Deadline deadline) {
    while (true) {
        auto reply = read_frame(kReplyHeadBytes + most, deadline);
        const auto peer = stream_->peer();
        Reader reader{reply, peer};
        const auto answered = reader.number();
        reader.take(kLongBytes);
        const auto code = reader.number();
        if (answered == kNotification) {
            continue;
        }
        if (answered != xid) {
            throw cistern::ProtocolError{"hive: ZooKeeper " + peer + " answered request " +
                                         std::to_string(answered) + " instead of " +
                                         std::to_string(xid)};
        }
        if (code == kNoNode) {
            return std::nullopt;
        }
        if (code != 0) {
            throw_refused(peer, path, code);
        }
        return reply.substr(kReplyHeadBytes);
    }
}

std::optional<std::vector<std::string>> ZooKeeperSession::children(std::string_view path,
                                                                   cistern::Deadline deadline) {
    stream_->write_all(next_request(kGetChildren, path), deadline);
    const auto reply = read_reply(last_xid_, path, kLargestList, deadline);
    if (!reply) {
        return std::nullopt;
    }
    const auto peer = stream_->peer();
    Reader reader{*reply, peer};
    const auto count = reader.number();
    std::vector<std::string> names;
    for (std::int32_t read = 0; read < count; ++read) {
        names.emplace_back(reader.text());
    }
    return names;
}

std::vector<std::optional<std::string>> ZooKeeperSession::data(
    const std::vector<std::string>& paths, cistern::Deadline deadline) {
    const auto first = last_xid_ + 1;
    std::string requests;
    for (const auto& path : paths) {
        requests += next_request(kGetData, path);
    }
    stream_->write_all(requests, deadline);
    std::vector<std::optional<std::string>> all;
    for (std::size_t at = 0; at < paths.size(); ++at) {
        const auto reply = read_reply(first + static_cast<std::int32_t>(at),
                                      paths[at],
                                      kNumberBytes + kLargestData + kStatBytes,
                                      deadline);
        if (reply) {
            const auto peer = stream_->peer();
            all.emplace_back(Reader{*reply, peer}.text());
        } else {
            all.emplace_back();
        }
    }
    return all;
}

void ZooKeeperSession::close(cistern::Deadline deadline) noexcept {
    try {
        stream_->write_all(next_request(kCloseSession, {}), deadline);
    } catch (const std::exception&) {
        // The server finds out by itself.
    }
}

}  // namespace hive
