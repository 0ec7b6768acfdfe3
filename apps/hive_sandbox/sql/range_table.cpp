#include "sql/functions.hpp"

#include <sqlite3.h>

#include <cstdint>
#include <memory>

namespace sandbox {
namespace {

// SQLite passes the arguments of a table function as equality constraints on hidden columns, here
// the three behind `id`.
constexpr int kId = 0;
constexpr int kFirstArgument = 1;
constexpr int kArguments = 3;

struct Cursor : sqlite3_vtab_cursor {
    std::int64_t value = 0;
    std::int64_t end = 0;
    std::int64_t step = 1;
    std::int64_t row = 0;
    bool overflowed = false;
};

Cursor& cursor_of(sqlite3_vtab_cursor* base) {
    return *static_cast<Cursor*>(base);
}

int connect(sqlite3* db, void*, int, const char* const*, sqlite3_vtab** table, char**) {
    const int status = sqlite3_declare_vtab(
        db, "CREATE TABLE x(id bigint, first hidden, second hidden, third hidden)");
    if (status == SQLITE_OK) {
        *table = std::make_unique<sqlite3_vtab>().release();
    }
    return status;
}

int disconnect(sqlite3_vtab* table) {
    const std::unique_ptr<sqlite3_vtab> owner{table};
    return SQLITE_OK;
}

int open_cursor(sqlite3_vtab*, sqlite3_vtab_cursor** out) {
    *out = std::make_unique<Cursor>().release();
    return SQLITE_OK;
}

int close_cursor(sqlite3_vtab_cursor* base) {
    const std::unique_ptr<Cursor> owner{&cursor_of(base)};
    return SQLITE_OK;
}

int best_index(sqlite3_vtab* table, sqlite3_index_info* info) {
    int given = 0;
    for (int argument = 0; argument < kArguments; ++argument) {
        for (int i = 0; i < info->nConstraint; ++i) {
            const auto& constraint = info->aConstraint[i];
            if (constraint.iColumn != kFirstArgument + argument ||
                constraint.op != SQLITE_INDEX_CONSTRAINT_EQ) {
                continue;
            }
            if (constraint.usable == 0) {
                return SQLITE_CONSTRAINT;
            }
            info->aConstraintUsage[i].argvIndex = ++given;
            info->aConstraintUsage[i].omit = 1;
            break;
        }
    }
    if (given == 0) {
        sqlite3_free(table->zErrMsg);
        table->zErrMsg = sqlite3_mprintf("range takes (end), (start, end) or (start, end, step)");
        return SQLITE_ERROR;
    }
    info->estimatedCost = 1000;
    return SQLITE_OK;
}

int filter(sqlite3_vtab_cursor* base, int, const char*, int count, sqlite3_value** arguments) {
    Cursor& cursor = cursor_of(base);
    cursor.value = count > 1 ? sqlite3_value_int64(arguments[0]) : 0;
    cursor.end = sqlite3_value_int64(arguments[count > 1 ? 1 : 0]);
    cursor.step = count > 2 ? sqlite3_value_int64(arguments[2]) : 1;
    cursor.row = 1;
    cursor.overflowed = cursor.step == 0;
    return SQLITE_OK;
}

int next(sqlite3_vtab_cursor* base) {
    Cursor& cursor = cursor_of(base);
    cursor.overflowed = __builtin_add_overflow(cursor.value, cursor.step, &cursor.value);
    ++cursor.row;
    return SQLITE_OK;
}

int at_end(sqlite3_vtab_cursor* base) {
    const Cursor& cursor = cursor_of(base);
    const bool past = cursor.step > 0 ? cursor.value >= cursor.end : cursor.value <= cursor.end;
    return cursor.overflowed || past ? 1 : 0;
}

int column(sqlite3_vtab_cursor* base, sqlite3_context* to, int number) {
    if (number == kId) {
        sqlite3_result_int64(to, cursor_of(base).value);
    }
    return SQLITE_OK;
}

int row_id(sqlite3_vtab_cursor* base, sqlite3_int64* id) {
    *id = cursor_of(base).row;
    return SQLITE_OK;
}

constexpr sqlite3_module make_module() {
    sqlite3_module m{};
    m.xConnect = connect;
    m.xDisconnect = disconnect;
    m.xBestIndex = best_index;
    m.xOpen = open_cursor;
    m.xClose = close_cursor;
    m.xFilter = filter;
    m.xNext = next;
    m.xEof = at_end;
    m.xColumn = column;
    m.xRowid = row_id;
    return m;
}

constexpr sqlite3_module kModule = make_module();

}  // namespace

void add_range_table(sqlite3* db) {
    sqlite3_create_module_v2(db, "range", &kModule, nullptr, nullptr);
}

}  // namespace sandbox
