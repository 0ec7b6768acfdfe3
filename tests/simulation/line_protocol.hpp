#pragma once

// The protocol that simulated clients speak: one line is asked, one line is answered. Every
// question is unlike any other, so an answer that belongs to somebody else is noticed at once.

#include "backend/simulation/simulated_server.hpp"

#include <cistern/connection.hpp>
#include <cistern/connector.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace cistern::test {

class Ledger;

// What the pool's users see.
class LineSession {
public:
    LineSession() = default;
    LineSession(const LineSession&) = delete;
    LineSession& operator=(const LineSession&) = delete;
    virtual ~LineSession() = default;

    // Counts the connections of a run.
    [[nodiscard]] virtual std::uint64_t number() const noexcept = 0;
    // Throws IoError and its kin, and ProtocolError for an answer to something else.
    virtual void ask(std::uint64_t question, Timeout timeout) = 0;
    // Asks and does not wait for the answer.
    virtual void ask_only(std::uint64_t question) = 0;
    // Changes something that reset() has to undo.
    virtual void leave_a_mark(Timeout timeout) = 0;
    // Reads whether somebody's mark is still there.
    [[nodiscard]] virtual bool has_mark(Timeout timeout) = 0;
    // What a look at the stream says, without the pool's help.
    [[nodiscard]] virtual StreamState look() const noexcept = 0;
};

// The server's side.
class LineScript final : public simulation::ServerScript {
public:
    explicit LineScript(bool greets) noexcept : greets_{greets} {}
    [[nodiscard]] std::string greeting(std::uint64_t wire) override;
    [[nodiscard]] simulation::Answer on_line(std::uint64_t wire, std::string_view line) override;
    void on_gone(std::uint64_t wire) override { marks_.erase(wire); }

private:
    const bool greets_;
    std::map<std::uint64_t, bool> marks_;
};

struct LineConnectorOptions {
    Endpoint endpoint;
    bool greets = true;
    bool needs_reset = false;  // after every lease; otherwise only to remove a mark
    bool waits_for_goodbye = false;
};

// The client's side. Tells the ledger what is asked of it.
class LineConnector final : public Connector {
public:
    LineConnector(Ledger& ledger, std::size_t pool, LineConnectorOptions options)
        : ledger_{ledger}, pool_{pool}, options_{std::move(options)} {}

    std::unique_ptr<Connection> connect(IoContext& io,
                                        const ConnectorConfig& conf,
                                        Deadline deadline) override;
    [[nodiscard]] const std::type_info* session_type() const noexcept override {
        return &typeid(LineSession);
    }

private:
    Ledger& ledger_;
    const std::size_t pool_;
    const LineConnectorOptions options_;
    std::string first_peer_;  // for the mutant that keeps an address
};

}  // namespace cistern::test
