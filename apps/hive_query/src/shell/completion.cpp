#include "completion.hpp"

#include "../value_text.hpp"
#include "commands.hpp"
#include "settings.hpp"

#include <algorithm>
#include <cctype>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

namespace hive_query {
namespace {

// More than this helps nobody at a TAB.
constexpr std::size_t kMostNames = 50'000;

[[nodiscard]] bool is_word(char c) noexcept {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

[[nodiscard]] char lower(char c) noexcept {
    return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
}

[[nodiscard]] std::string lowered(std::string_view text) {
    std::string out{text};
    std::transform(out.begin(), out.end(), out.begin(), lower);
    return out;
}

[[nodiscard]] bool starts_with(std::string_view word, std::string_view typed) noexcept {
    return word.size() >= typed.size() &&
           std::equal(typed.begin(), typed.end(), word.begin(), [](char one, char other) {
               return lower(one) == lower(other);
           });
}

// Names that need quotes are left out: typed as they are they would not mean themselves, and a
// terminal might take them for commands.
[[nodiscard]] bool is_plain(std::string_view name) noexcept {
    return !name.empty() && std::all_of(name.begin(), name.end(), is_word);
}

[[nodiscard]] std::size_t word_begin(std::string_view text) noexcept {
    std::size_t at = text.size();
    while (at > 0 && is_word(text[at - 1])) {
        --at;
    }
    return at;
}

void add(std::vector<std::string>& words, const std::string& word, std::string_view typed) {
    if (starts_with(word, typed)) {
        words.push_back(word);
    }
}

[[nodiscard]] std::optional<std::size_t> column_called(const std::vector<hive::ColumnInfo>& columns,
                                                       std::string_view name) {
    for (std::size_t i = 0; i < columns.size(); ++i) {
        if (lowered(columns[i].name) == name) {
            return i;
        }
    }
    return std::nullopt;
}

// Calls `use(table, column)` for each row; the column is empty where there is none.
template <class Use>
void read_names(hive::Operation& operation, std::string_view second, Use use) {
    operation.wait();
    const auto table = column_called(operation.columns(), "table_name");
    const auto column = column_called(operation.columns(), second);
    if (!table) {
        return;
    }
    hive::Batch batch;
    std::size_t names = 0;
    while (names < kMostNames && operation.fetch(batch)) {
        const auto text = [&batch](std::size_t index, std::size_t row) {
            const hive::Texts* const texts =
                index < batch.columns.size() ? texts_of(batch.columns[index]) : nullptr;
            return texts == nullptr ? std::string{} : std::string{(*texts)[row]};
        };
        for (std::size_t row = 0; row < batch.rows; ++row, ++names) {
            use(text(*table, row), column ? text(*column, row) : std::string{});
        }
    }
    operation.close();
}

// Commands and what may follow them.
[[nodiscard]] Candidates command_words(std::string_view before) {
    Candidates found;
    const std::size_t blank = before.find_last_of(" \t");
    const std::string_view typed =
        blank == std::string_view::npos ? before : before.substr(blank + 1);
    found.typed = typed.size();
    if (blank == std::string_view::npos) {
        for (const std::string& name : command_names()) {
            add(found.words, "!" + name, typed);
        }
    } else if (before.substr(0, blank) == "!set") {
        for (const std::string& name : setting_names()) {
            add(found.words, name, typed);
        }
    } else if (before.substr(0, blank) == "!outputformat") {
        for (const std::string& name : format_names()) {
            add(found.words, name, typed);
        }
    }
    return found;
}

void tidy(std::vector<std::string>& words) {
    std::sort(words.begin(), words.end());
    words.erase(std::unique(words.begin(), words.end()), words.end());
}

}  // namespace

Completion::~Completion() = default;

Candidates Completion::words(std::string_view before,
                             hive::Session* session,
                             const std::string& database) {
    if (!before.empty() && before.front() == '!' && before.rfind("!describe", 0) != 0 &&
        before.rfind("!columns", 0) != 0) {
        return command_words(before);
    }
    const std::size_t begin = word_begin(before);
    const std::string_view typed = before.substr(begin);
    const bool is_of_table = begin > 0 && before[begin - 1] == '.';
    Candidates found;
    found.typed = typed.size();
    if (typed.empty() && !is_of_table) {
        return found;
    }
    if (session != nullptr && !is_asked_) {
        ask(*session, database);
    }
    static const Names kNone;
    const Names& names = is_over_ ? names_ : kNone;
    if (is_of_table) {
        const std::string_view left = before.substr(0, begin - 1);
        const auto table = names.columns_of.find(lowered(left.substr(word_begin(left))));
        if (table != names.columns_of.end()) {
            for (const std::string& column : table->second) {
                add(found.words, column, typed);
            }
        } else if (lowered(left.substr(word_begin(left))) == lowered(database)) {
            for (const auto& [name, columns] : names.columns_of) {
                add(found.words, name, typed);
            }
        }
        tidy(found.words);
        return found;
    }
    const bool wants_lower = std::islower(static_cast<unsigned char>(typed.back())) != 0;
    for (const std::string& keyword : sql_keywords()) {
        add(found.words, wants_lower ? lowered(keyword) : keyword, typed);
    }
    for (const auto& [table, columns] : names.columns_of) {
        add(found.words, table, typed);
        for (const std::string& column : columns) {
            add(found.words, column, typed);
        }
    }
    tidy(found.words);
    return found;
}

void Completion::ask(hive::Session& session, const std::string& database) {
    settle();
    is_asked_ = true;
    is_over_ = false;
    names_ = {};
    struct Bell {
        std::mutex mutex;
        std::condition_variable rang;
        bool has_rung = false;
    };
    const auto bell = std::make_shared<Bell>();
    asker_ = std::jthread{[this, &session, database, bell] {
        try {
            read_names(*session.tables({.schema = database}),
                       {},
                       [this](const std::string& table, const std::string&) {
                           if (is_plain(table)) {
                               names_.columns_of[lowered(table)];
                           }
                       });
            read_names(*session.columns({.schema = database}),
                       "column_name",
                       [this](const std::string& table, const std::string& column) {
                           if (is_plain(table) && is_plain(column)) {
                               names_.columns_of[lowered(table)].insert(column);
                           }
                       });
        } catch (const std::exception&) {
            // Whoever wants to know what is wrong with the server runs a statement.
        }
        is_over_ = true;
        const std::lock_guard lock{bell->mutex};
        bell->has_rung = true;
        bell->rang.notify_all();
    }};
    std::unique_lock lock{bell->mutex};
    bell->rang.wait_for(lock, patience_, [&bell] { return bell->has_rung; });
}

void Completion::settle() {
    if (asker_.joinable()) {
        asker_.join();
    }
}

void Completion::forget() {
    settle();
    is_asked_ = false;
    is_over_ = false;
}

}  // namespace hive_query
