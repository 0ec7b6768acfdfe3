#pragma once

#include "line_editor.hpp"

#include <cistern/hive/session.hpp>

#include <atomic>
#include <chrono>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <thread>

namespace hive_query {

// Words of SQL, in capitals and sorted.
[[nodiscard]] const std::vector<std::string>& sql_keywords();

// The tables and columns of one database, as far as the server told.
struct Names {
    std::map<std::string, std::set<std::string>> columns_of;  // by table
};

// What TAB offers: commands behind !, the columns of `table.`, else keywords, tables and columns.
// The server is asked for names once, at the first TAB that needs them, and not waited for longer
// than a person would.
//
// Thread safety:  none; the asking has a thread of its own, which has the session until settle().
// Waiting:        words() waits for `patience` at most, settle() for the call that is under way.
// Errors:         a server that tells nothing means fewer words.
class Completion {
public:
    static constexpr std::chrono::seconds kPatience{2};

    explicit Completion(std::chrono::nanoseconds patience = kPatience) : patience_{patience} {}
    Completion(const Completion&) = delete;
    Completion& operator=(const Completion&) = delete;
    ~Completion();

    // `session` may be none.
    [[nodiscard]] Candidates words(std::string_view before_cursor,
                                   hive::Session* session,
                                   const std::string& database);
    // Called before anybody else uses the session.
    void settle();
    // Tables were made or dropped, or another database is current: ask again.
    void forget();

private:
    void ask(hive::Session& session, const std::string& database);

    const std::chrono::nanoseconds patience_;
    bool is_asked_ = false;
    Names names_;  // the asker's until it has ended
    std::atomic<bool> is_over_{false};
    std::jthread asker_;
};

}  // namespace hive_query
