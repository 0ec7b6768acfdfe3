#include "statement_life.hpp"

#include "hive_connector.hpp"

#include <catch2/catch.hpp>

#include <utility>

namespace hive::test {

using namespace std::chrono_literals;

StatementLife::StatementLife(Transport transport, std::size_t chunk)
    : server_{transport}, io_{[this, chunk](cistern::test::StreamScript& script) {
          server_.serve(script, chunk);
      }} {}

void StatementLife::live() {
    open();
    use_in_turns();
    bool is_good = give_back();
    REQUIRE(is_good);
    use_once("next");
    is_good = give_back();
    REQUIRE(is_good);
    connection_->close(soon());
}

void StatementLife::open() {
    phase_ = Phase::kOpening;
    HiveConnector connector;
    connection_ = connector.connect(io_, config(server_.settings()), soon());
}

void StatementLife::use_in_turns() {
    phase_ = Phase::kInUse;
    auto& first = start("first");
    while (first.operation->poll().state != State::kFinished) {
    }
    read(first);
    read(first);  // and the next rows are on their way
    read_all(start("other"));
    read_all(first);
    first.operation->close();  // the other is left to the pool
}

bool StatementLife::give_back() {
    statements_.clear();
    phase_ = Phase::kWithPool;
    if (connection_->is_broken() || !io_.is_quiet()) {
        return false;
    }
    if (connection_->needs_reset()) {
        connection_->reset(soon());
    }
    connection_->validate(soon());
    return !connection_->is_broken() && io_.is_quiet();
}

void StatementLife::use_once(const std::string& sql) {
    phase_ = Phase::kInUse;
    auto& statement = start(sql);
    read_all(statement);
    CHECK(statement.rows == StatementServer::rows_of(sql));
}

UserStatement& StatementLife::start(const std::string& sql) {
    return statements_.emplace_back(UserStatement{sql, session().execute(sql)});
}

bool StatementLife::read(UserStatement& statement) {
    Batch batch;
    batch.rows = 1;
    try {
        statement.operation->fetch(batch);
    } catch (...) {
        CHECK(batch.rows == 0);
        throw;
    }
    for (std::size_t row = 0; row < batch.rows; ++row) {
        statement.rows.emplace_back(std::get<Texts>(batch.columns.at(0).values)[row]);
    }
    return batch.rows > 0;
}

void StatementLife::read_all(UserStatement& statement) {
    while (read(statement)) {
    }
}

cistern::Deadline StatementLife::soon() const {
    return io_.clock().deadline_after(10s);
}

}  // namespace hive::test
