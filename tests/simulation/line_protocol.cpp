#include "simulation/line_protocol.hpp"

#include "base/mutants.hpp"
#include "simulation/ledger.hpp"

#include <array>
#include <utility>

namespace cistern::test {

// -- The server -----------------------------------------------------------------------------------

std::string LineScript::greeting(std::uint64_t wire) {
    return greets_ ? "hello " + std::to_string(wire) + "\n" : std::string{};
}

simulation::Answer LineScript::on_line(std::uint64_t wire, std::string_view line) {
    if (line == "quit") {
        return {.text = "bye\n", .then_close = true};
    }
    if (line == "mark" || line == "unmark") {
        marks_[wire] = line == "mark";
        return {.text = "ok\n"};
    }
    if (line == "marked?") {
        return {.text = marks_[wire] ? "yes\n" : "no\n"};
    }
    return {.text = "answer to " + std::string{line} + "\n"};
}

// -- The client -----------------------------------------------------------------------------------

namespace {

class LineConnection final : public Connection, public LineSession {
public:
    LineConnection(Ledger& ledger,
                   std::size_t pool,
                   LineConnectorOptions options,
                   std::unique_ptr<Stream> stream)
        : ledger_{ledger},
          pool_{pool},
          options_{std::move(options)},
          stream_{std::move(stream)},
          number_{ledger.connection_made(pool)} {}
    ~LineConnection() override { ledger_.connection_gone(pool_, number_); }

    [[nodiscard]] std::string peer() const { return stream_->peer(); }
    void greet(Deadline deadline) {
        if (options_.greets) {
            expect("hello", deadline);
        }
    }

    // -- Connection -------------------------------------------------------------------------------
    void validate(Deadline deadline) override {
        ledger_.plugin_called("validate");
        const auto question = "ping " + std::to_string(++pings_);
        send(question, deadline);
        expect("answer to " + question, deadline);
    }
    void reset(Deadline deadline) override {
        ledger_.plugin_called("reset");
        send("unmark", deadline);
        expect("ok", deadline);
        has_mark_ = false;
    }
    [[nodiscard]] bool needs_reset() const noexcept override {
        ledger_.plugin_called("needs_reset");
        return options_.needs_reset || has_mark_;
    }
    [[nodiscard]] bool is_broken() const noexcept override {
        ledger_.plugin_called("is_broken");
        return !unread_.empty();
    }
    void close(Deadline deadline) override {
        ledger_.plugin_called("close");
        send("quit", deadline);
        if (options_.waits_for_goodbye) {
            expect("bye", deadline);
        }
    }

    // -- LineSession ------------------------------------------------------------------------------
    [[nodiscard]] std::uint64_t number() const noexcept override { return number_; }
    void ask(std::uint64_t question, Timeout timeout) override {
        const auto deadline = stream_->deadline_after(timeout);
        send("q" + std::to_string(question), deadline);
        expect("answer to q" + std::to_string(question), deadline);
    }
    void ask_only(std::uint64_t question) override {
        send("q" + std::to_string(question), Deadline::never());
    }
    void leave_a_mark(Timeout timeout) override {
        const auto deadline = stream_->deadline_after(timeout);
        has_mark_ = true;
        send("mark", deadline);
        expect("ok", deadline);
    }
    [[nodiscard]] bool has_mark(Timeout timeout) override {
        const auto deadline = stream_->deadline_after(timeout);
        send("marked?", deadline);
        return read_line(deadline) == "yes";
    }
    [[nodiscard]] StreamState look() const noexcept override { return stream_->state(); }

private:
    void send(const std::string& line, Deadline deadline) {
        stream_->write_all(line + "\n", deadline);
    }
    void expect(const std::string& beginning, Deadline deadline) {
        const auto line = read_line(deadline);
        if (!line.starts_with(beginning)) {
            throw ProtocolError{"got \"" + line + "\" where \"" + beginning + "\" was due"};
        }
    }
    std::string read_line(Deadline deadline) {
        while (true) {
            if (const auto end = unread_.find('\n'); end != std::string::npos) {
                auto line = unread_.substr(0, end);
                unread_.erase(0, end + 1);
                return line;
            }
            std::array<char, 64> bytes{};
            const auto got = stream_->read_some(bytes.data(), bytes.size(), deadline);
            if (got == 0) {
                throw IoError{stream_->peer() + " closed the connection"};
            }
            unread_.append(bytes.data(), got);
        }
    }

    Ledger& ledger_;
    const std::size_t pool_;
    const LineConnectorOptions options_;
    const std::unique_ptr<Stream> stream_;
    const std::uint64_t number_;
    std::string unread_;
    std::uint64_t pings_ = 0;
    bool has_mark_ = false;
};

}  // namespace

std::unique_ptr<Connection> LineConnector::connect(IoContext& io,
                                                   const ConnectorConfig& conf,
                                                   Deadline deadline) {
    ledger_.plugin_called("connect");
    const auto place = conf.has("endpoint") ? conf.endpoint("endpoint") : options_.endpoint;
    Ledger::Attempt attempt{ledger_, pool_, place, deadline};
    const bool keeps = CISTERN_MUTANT(kAddressIsKept) && !first_peer_.empty();
    auto connection = std::make_unique<LineConnection>(
        ledger_,
        pool_,
        options_,
        io.connect_tcp(keeps ? parse_endpoint(first_peer_) : place, deadline));
    first_peer_ = connection->peer();
    connection->greet(deadline);
    ledger_.connection_opened(pool_, connection->number());
    attempt.succeeded(connection->peer());
    return connection;
}

}  // namespace cistern::test
