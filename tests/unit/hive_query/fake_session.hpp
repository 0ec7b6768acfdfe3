#pragma once

#include "result.hpp"

#include <cistern/hive/session.hpp>

#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// What a statement does on the fake server.
struct FakeStatement {
    Result result{};
    std::size_t batches = 1;
    std::size_t polls = 1;                   // until it has finished
    std::function<void()> on_poll = [] {};   // may throw
    std::function<void()> on_fetch = [] {};  // may throw
    std::function<void()> on_cancel = [] {};
    std::vector<std::vector<std::string>> log{};  // what each call hands out
};

class FakeOperation final : public hive::Operation {
public:
    explicit FakeOperation(FakeStatement statement) : statement_{std::move(statement)} {}

    hive::Status poll() override {
        statement_.on_poll();
        if (statement_.polls <= 1) {
            return {hive::State::kFinished};
        }
        --statement_.polls;
        return {hive::State::kRunning};
    }
    void wait(std::optional<cistern::Timeout>) override {}
    bool has_result() const noexcept override { return !statement_.result.columns.empty(); }
    std::optional<std::int64_t> affected_rows() const noexcept override { return {}; }
    const std::vector<hive::ColumnInfo>& columns() override { return statement_.result.columns; }
    bool fetch(hive::Batch& batch) override {
        statement_.on_fetch();
        if (statement_.batches == 0 || statement_.result.batch.rows == 0) {
            batch = {};
            return false;
        }
        --statement_.batches;
        batch = statement_.result.batch;
        return true;
    }
    std::vector<std::string> log() override {
        if (statement_.log.empty()) {
            return {};
        }
        auto lines = std::move(statement_.log.front());
        statement_.log.erase(statement_.log.begin());
        return lines;
    }
    std::string query_id() override { return {}; }
    void cancel() override { statement_.on_cancel(); }
    void close() override {}

private:
    FakeStatement statement_;
};

// A session whose statements are made by a function of their text.
class FakeSession final : public hive::Session {
public:
    using Server = std::function<FakeStatement(const std::string&)>;
    explicit FakeSession(Server server) : server_{std::move(server)} {}

    std::unique_ptr<hive::Operation> execute(std::string_view sql,
                                             const hive::ExecuteOptions& options) override {
        executed.emplace_back(sql);
        on_execute();
        last_options = options;
        return std::make_unique<FakeOperation>(server_(std::string{sql}));
    }
    std::unique_ptr<hive::Operation> catalogs() override { return none(); }
    std::unique_ptr<hive::Operation> schemas(const hive::MetadataFilter&) override {
        return none();
    }
    std::unique_ptr<hive::Operation> tables(const hive::MetadataFilter& filter) override {
        last_filter = filter;
        return std::make_unique<FakeOperation>(on_tables());
    }
    std::unique_ptr<hive::Operation> table_types() override { return none(); }
    std::unique_ptr<hive::Operation> columns(const hive::MetadataFilter& filter) override {
        last_filter = filter;
        return std::make_unique<FakeOperation>(on_columns());
    }
    std::unique_ptr<hive::Operation> functions(const hive::MetadataFilter&) override {
        return none();
    }
    std::unique_ptr<hive::Operation> type_info() override { return none(); }
    std::unique_ptr<hive::Operation> primary_keys(const hive::MetadataFilter&) override {
        return none();
    }
    std::unique_ptr<hive::Operation> cross_reference(const hive::MetadataFilter&,
                                                     const hive::MetadataFilter&) override {
        return none();
    }
    cistern::Secret delegation_token(const std::string&, const std::string&) override {
        return {};
    }
    void renew_delegation_token(const cistern::Secret&) override {}
    void cancel_delegation_token(const cistern::Secret&) override {}
    hive::ServerInfo server_info() override { return {}; }
    int protocol_version() const noexcept override { return 11; }

    std::function<void()> on_execute = [] {};  // before the statement has a handle
    std::function<FakeStatement()> on_tables = [] { return FakeStatement{}; };
    std::function<FakeStatement()> on_columns = [] { return FakeStatement{}; };
    hive::MetadataFilter last_filter;
    std::vector<std::string> executed;
    hive::ExecuteOptions last_options;

private:
    [[nodiscard]] static std::unique_ptr<hive::Operation> none() {
        throw std::logic_error{"not part of these tests"};
    }

    Server server_;
};
