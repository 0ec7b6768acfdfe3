#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace hive_query {

// What came of waiting for a line.
struct TypedLine {
    enum class End { kLine, kInterrupted, kEndOfInput };
    End end = End::kLine;
    std::string text{};  // without its line end
};

// What could stand where the cursor is.
struct Candidates {
    std::size_t typed = 0;           // bytes before the cursor that the words would replace
    std::vector<std::string> words;  // sorted; fit to be shown on a terminal
};
using Complete = std::function<Candidates(std::string_view before_cursor)>;

// A person at a terminal, who edits a line and sends it off.
//
// Thread safety:  none.
// Waiting:        read() waits for the person.
class LineEditor {
public:
    LineEditor() = default;
    LineEditor(const LineEditor&) = delete;
    LineEditor& operator=(const LineEditor&) = delete;
    virtual ~LineEditor() = default;

    [[nodiscard]] virtual TypedLine read(const std::string& prompt) = 0;
    // Offers `entry` by arrow-up and search from now on.
    virtual void remember(const std::string& entry) = 0;
};

}  // namespace hive_query
