#pragma once

#include "statement_server.hpp"
#include "support/interrupted_io.hpp"

#include <cistern/connection.hpp>
#include <cistern/hive/session.hpp>

#include <cstddef>
#include <deque>
#include <memory>
#include <string>
#include <vector>

namespace hive::test {

// One statement of a user, and what it has brought.
struct UserStatement {
    std::string sql;
    std::unique_ptr<Operation> operation;
    std::vector<std::string> rows{};
};

// The life of a session as a pool and two users have it, over the real plugin code, with every read
// and write that there is: opening, statements whose rows are asked for ahead while another one
// runs, closing, reset, validation, the next user, goodbye.
//
// Thread safety:  none.
class StatementLife {
public:
    enum class Phase { kOpening, kInUse, kWithPool };

    StatementLife(Transport transport, std::size_t chunk);

    // From the beginning to the end; throws what a call of it throws, and stays where it was.
    void live();

    // The parts of it.
    void open();
    void use_in_turns();
    // What a pool does at the end of a lease. False: the connection was not to be lent again.
    [[nodiscard]] bool give_back();
    void use_once(const std::string& sql);

    // Starts a statement of the present user.
    UserStatement& start(const std::string& sql);
    // Reads the next batch; false at the end. A call that throws brings no rows.
    static bool read(UserStatement& statement);
    static void read_all(UserStatement& statement);
    // What a user holds ends with its lease.
    void forget_statements() { statements_.clear(); }
    void drop_connection() { connection_.reset(); }

    [[nodiscard]] Phase phase() const noexcept { return phase_; }
    [[nodiscard]] std::deque<UserStatement>& statements() noexcept { return statements_; }
    [[nodiscard]] cistern::Connection* connection() const noexcept { return connection_.get(); }
    [[nodiscard]] Session& session() const { return dynamic_cast<Session&>(*connection_); }
    [[nodiscard]] cistern::test::InterruptedIo& io() noexcept { return io_; }
    [[nodiscard]] const StatementServer& server() const noexcept { return server_; }

private:
    [[nodiscard]] cistern::Deadline soon() const;

    StatementServer server_;
    cistern::test::InterruptedIo io_;
    std::unique_ptr<cistern::Connection> connection_;
    std::deque<UserStatement> statements_;  // gone before their connection
    Phase phase_ = Phase::kOpening;
};

}  // namespace hive::test
