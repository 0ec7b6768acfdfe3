#include "sql/script.hpp"

#include "sql/execution.hpp"
#include "sql/text.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace sandbox {
namespace {

// The index behind the quoted text, or comment, that begins at `at`; `at` itself when none does.
std::size_t skip(std::string_view text, std::size_t at) {
    const std::string_view rest = text.substr(at);
    const auto behind = [&](std::string_view end) {
        const auto found = text.find(end, at + 2);
        return found == std::string_view::npos ? text.size() : found + end.size();
    };
    if (rest.starts_with("--")) {
        return behind("\n");
    }
    if (rest.starts_with("/*")) {
        return behind("*/");
    }
    const char quote = rest.front();
    if (quote != '\'' && quote != '"' && quote != '`') {
        return at;
    }
    for (std::size_t i = at + 1; i < text.size(); ++i) {
        if (text[i] == '\\' && quote != '`') {
            ++i;
        } else if (text[i] == quote) {
            return i + 1;
        }
    }
    return text.size();
}

bool is_empty(std::string_view text) {
    while (!(text = trim(text)).empty()) {
        const std::size_t end =
            text.starts_with("--") || text.starts_with("/*") ? skip(text, 0) : 0;
        if (end == 0) {
            return false;
        }
        text.remove_prefix(end);
    }
    return true;
}

}  // namespace

std::vector<ScriptStatement> split_script(std::string_view text) {
    std::vector<ScriptStatement> out;
    std::size_t begin = 0;
    const auto add = [&](std::size_t end) {
        const std::string_view piece = text.substr(begin, end - begin);
        if (!is_empty(piece)) {
            std::size_t first = begin;
            while (is_space(text[first])) {
                ++first;
            }
            const auto line =
                1 +
                std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(first), '\n');
            out.push_back({std::string{trim(piece)}, static_cast<int>(line)});
        }
        begin = end + 1;
    };
    for (std::size_t i = 0; i < text.size();) {
        if (text[i] == ';') {
            add(i++);
            continue;
        }
        const std::size_t behind = skip(text, i);
        i = behind == i ? i + 1 : behind;
    }
    if (begin < text.size()) {
        add(text.size());
    }
    return out;
}

void run_script(Catalog& catalog, const std::string& path) {
    std::ifstream in{path, std::ios::binary};
    if (!in) {
        throw std::runtime_error{"cannot read " + path};
    }
    const std::string text{std::istreambuf_iterator<char>{in}, {}};
    SessionState session;
    session.user = "init";
    RunControl control;
    for (const ScriptStatement& statement : split_script(text)) {
        try {
            const auto execution = compile(
                statement.text, catalog, session, {&control}, [](const auto&, const auto&) {});
            execution->run();
        } catch (const std::exception& e) {
            throw std::runtime_error{path + ':' + std::to_string(statement.line) + ": " + e.what()};
        }
    }
}

}  // namespace sandbox
