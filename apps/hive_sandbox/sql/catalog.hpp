#pragma once

#include "sql/connection.hpp"
#include "sql/scratch_folder.hpp"
#include "sql/sql_type.hpp"
#include "sql/statement.hpp"
#include "sql/tokens.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace sandbox {

struct TableColumn {
    std::string name;
    // Nothing for an expression of a view whose type only its values tell.
    std::optional<SqlType> type;
    std::string comment{};
    bool not_null = false;
    int key_position = 0;  // in the primary key, from 1; 0: not part of it
};

struct Table {
    std::string database;
    std::string name;
    bool is_view = false;
    std::string comment{};
    std::vector<TableColumn> columns{};
};

struct ForeignKey {
    std::string table;
    std::string column;
    std::string parent;
    std::string parent_column;
    int position = 1;
};

// The databases of one server; each is a SQLite file of its own, in write-ahead mode, so that a
// result which is still being read keeps no writer waiting. `default` is the file that is given,
// the others, and `default` without a file, live in a scratch folder.
//
// Thread safety:  every member may be called by any number of threads at once.
// Errors:         SqlError; std::runtime_error for a file that cannot be used.
class Catalog {
public:
    // Empty: no file, everything is gone at the end.
    explicit Catalog(const std::string& default_file);
    ~Catalog();

    [[nodiscard]] std::vector<std::string> databases() const;
    [[nodiscard]] bool has(const std::string& database) const;
    void create(const CreateDatabase& what);
    void drop(const DropDatabase& what);

    // A new connection in which bare names mean tables of `current`, and those databases that
    // `tokens` name in front of a dot can be reached. A name of another database is not found by
    // accident.
    [[nodiscard]] std::unique_ptr<Connection> open(const std::string& current,
                                                   TokenSpan tokens = {}) const;

    // In the order of their names, without columns.
    [[nodiscard]] std::vector<Table> tables(const std::string& database) const;
    // With columns; nothing when there is none of that name.
    [[nodiscard]] std::optional<Table> table(const std::string& database,
                                             const std::string& name) const;
    [[nodiscard]] std::vector<ForeignKey> foreign_keys(const std::string& database) const;

private:
    struct Entry {
        std::string file;
        std::shared_ptr<Connection>
            anchor;  // keeps the write-ahead log while statements come and go
    };

    [[nodiscard]] Entry make_entry(const std::string& file) const;
    [[nodiscard]] std::string file_of(const std::string& database) const;
    [[nodiscard]] std::optional<Table> read_table(Connection& connection,
                                                  const std::string& database,
                                                  const std::string& name,
                                                  int depth) const;
    void add_view_types(Table& view, const std::string& sql, int depth) const;

    ScratchFolder scratch_;
    std::string restore_journal_;  // journal mode the given file had
    mutable std::mutex mutex_;
    std::map<std::string, Entry> entries_;  // guarded by mutex_
    int created_ = 0;                       // guarded by mutex_; numbers the files
};

// Where comments of tables (empty column) and columns are kept; not shown to anybody.
inline constexpr const char* kCommentTable = "_sandbox_comments";

}  // namespace sandbox
