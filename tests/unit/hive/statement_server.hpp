#pragma once

#include "fake_hive.hpp"
#include "session_fixture.hpp"
#include "support/scripted_stream.hpp"

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace hive::test {

enum class Transport { kNoSasl, kSasl, kHttp };

[[nodiscard]] std::string_view to_string(Transport transport) noexcept;

// A FakeHive whose statements run for two questions and then have rows of their own, each of which
// says whose it is. Knows what is open on it, and any number of connections share it.
//
// Thread safety:  none.
class StatementServer {
public:
    explicit StatementServer(Transport transport) noexcept : transport_{transport} {}

    // The settings of a pool that is to reach it.
    [[nodiscard]] Given settings() const;
    // Answers on one connection, `chunk` bytes at most in each read.
    void serve(cistern::test::StreamScript& script, std::size_t chunk);

    // All rows of a statement.
    [[nodiscard]] static std::vector<std::string> rows_of(const std::string& sql);
    // What has not been closed: each of them would stay until its session ends.
    [[nodiscard]] std::size_t open_statements() const noexcept { return statements_.size(); }
    [[nodiscard]] bool has_cancelled_any() const noexcept { return has_cancelled_any_; }

private:
    struct Statement {
        std::string sql;
        int questions = 0;
        std::size_t batches = 0;
        bool is_cancelled = false;
    };

    [[nodiscard]] std::string answer(std::string_view call);
    void execute(std::string_view call);
    void tell_status(std::string_view call);
    void fetch(std::string_view call);
    void cancel(std::string_view call);
    template <class Request>
    [[nodiscard]] Statement& statement_of(std::string_view call) {
        return statements_.at(request_of<Request>(call).operationHandle.operationId.guid);
    }

    const Transport transport_;
    FakeHive hive_;
    std::map<std::string, Statement> statements_;  // by their handles
    char next_handle_ = 'a';
    bool has_cancelled_any_ = false;
};

}  // namespace hive::test
