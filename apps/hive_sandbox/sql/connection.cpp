#include "sql/connection.hpp"

#include "sql/sql_error.hpp"
#include "sql/text.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <chrono>
#include <utility>

namespace sandbox {
namespace {

// How many steps SQLite's machine makes between two looks at the brake.
constexpr int kStepsPerLook = 2000;
constexpr std::chrono::milliseconds kBusyPause{5};
// A writer waits for another one this long; then it is told.
constexpr int kBusyTries = 4000;

int look_at_brake(void* context) {
    const auto* control = static_cast<FunctionContext*>(context)->control;
    return control != nullptr && control->stop() != RunControl::Stop::kNone ? 1 : 0;
}

int wait_while_busy(void* context, int tries) {
    auto* control = static_cast<FunctionContext*>(context)->control;
    if (tries > kBusyTries) {
        return 0;
    }
    if (control == nullptr) {  // the server's own business, which nobody cancels
        sqlite3_sleep(static_cast<int>(kBusyPause.count()));
        return 1;
    }
    return control->sleep(kBusyPause) ? 1 : 0;
}

}  // namespace

void Connection::Close::operator()(sqlite3* db) const noexcept {
    sqlite3_close_v2(db);
}

Connection::Connection(const std::string& file) {
    sqlite3* raw = nullptr;
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    const int status = sqlite3_open_v2(file.c_str(), &raw, flags, nullptr);
    db_.reset(raw);
    if (status != SQLITE_OK) {
        throw SqlError{
            "cannot open the database " + file + ": " + sqlite3_errstr(status), "HY000", 1};
    }
    sqlite3_progress_handler(raw, kStepsPerLook, look_at_brake, context_.get());
    sqlite3_busy_handler(raw, wait_while_busy, context_.get());
    bindings_ = add_functions(raw, *context_);
    add_range_table(raw);
    // A demo's data need not survive a power cut.
    execute("PRAGMA synchronous = OFF");
}

Connection::~Connection() = default;

void Connection::fail() const {
    throw from_sqlite(sqlite3_errmsg(db_.get()));
}

void Connection::execute(const std::string& sql) {
    if (sqlite3_exec(db_.get(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
        fail();
    }
}

Query Connection::prepare(const std::string& sql) {
    sqlite3_stmt* statement = nullptr;
    const char* rest = nullptr;
    const int size = static_cast<int>(sql.size());
    if (sqlite3_prepare_v2(db_.get(), sql.c_str(), size, &statement, &rest) != SQLITE_OK) {
        fail();
    }
    Query query{*this, statement};
    if (statement == nullptr) {
        throw syntax_error("there is no statement in the text");
    }
    if (!trim({rest, static_cast<std::size_t>(sql.data() + sql.size() - rest)}).empty()) {
        throw syntax_error("one statement at a time; there is more after the first: " +
                           std::string{rest});
    }
    return query;
}

std::vector<Row> Connection::rows(const std::string& sql) {
    Query query = prepare(sql);
    std::vector<Row> out;
    while (query.step()) {
        query.read(out.emplace_back());
    }
    return out;
}

std::int64_t Connection::changes() const {
    return sqlite3_changes64(db_.get());
}

void Query::Finalize::operator()(sqlite3_stmt* statement) const noexcept {
    sqlite3_finalize(statement);
}

bool Query::step() {
    const int status = sqlite3_step(statement_.get());
    if (status != SQLITE_ROW && status != SQLITE_DONE) {
        owner_->fail();
    }
    return status == SQLITE_ROW;
}

void Query::rewind() {
    sqlite3_reset(statement_.get());
}

void Query::bind(std::size_t parameter, const Cell& value) {
    sqlite3_stmt* s = statement_.get();
    const int i = static_cast<int>(parameter) + 1;
    if (const auto* whole = std::get_if<std::int64_t>(&value)) {
        sqlite3_bind_int64(s, i, *whole);
    } else if (const auto* real = std::get_if<double>(&value)) {
        sqlite3_bind_double(s, i, *real);
    } else if (const auto* text = std::get_if<std::string>(&value)) {
        sqlite3_bind_text64(s, i, text->data(), text->size(), SQLITE_TRANSIENT, SQLITE_UTF8);
    } else if (const auto* blob = std::get_if<Blob>(&value)) {
        sqlite3_bind_blob64(s, i, blob->bytes.data(), blob->bytes.size(), SQLITE_TRANSIENT);
    } else {
        sqlite3_bind_null(s, i);
    }
}

std::size_t Query::columns() const {
    return static_cast<std::size_t>(sqlite3_column_count(statement_.get()));
}

std::string Query::name(std::size_t column) const {
    const char* name = sqlite3_column_name(statement_.get(), static_cast<int>(column));
    return name == nullptr ? "" : name;
}

std::string Query::declared(std::size_t column) const {
    const char* words = sqlite3_column_decltype(statement_.get(), static_cast<int>(column));
    return words == nullptr ? "" : words;
}

Cell Query::cell(std::size_t column) const {
    sqlite3_stmt* s = statement_.get();
    const int i = static_cast<int>(column);
    const auto bytes = [s, i](const void* data) {
        const auto size = static_cast<std::size_t>(sqlite3_column_bytes(s, i));
        return data == nullptr ? std::string{} : std::string{static_cast<const char*>(data), size};
    };
    switch (sqlite3_column_type(s, i)) {
        case SQLITE_INTEGER:
            return std::int64_t{sqlite3_column_int64(s, i)};
        case SQLITE_FLOAT:
            return sqlite3_column_double(s, i);
        case SQLITE_TEXT:
            return bytes(sqlite3_column_text(s, i));
        case SQLITE_BLOB:
            return Blob{bytes(sqlite3_column_blob(s, i))};
        default:
            return {};
    }
}

void Query::read(Row& row) const {
    row.resize(columns());
    for (std::size_t i = 0; i < row.size(); ++i) {
        row[i] = cell(i);
    }
}

bool Query::is_readonly() const {
    return sqlite3_stmt_readonly(statement_.get()) != 0;
}

}  // namespace sandbox
