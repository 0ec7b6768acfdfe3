#pragma once

#include "line_editor.hpp"

#include <memory>

namespace hive_query {

// A LineEditor on the terminal that is standard input and standard output, by libedit; ~/.editrc
// changes its keys. While it reads, Ctrl-C is a key and no signal.
class TerminalEditor final : public LineEditor {
public:
    // `complete` is asked at TAB; what it throws counts as nothing found.
    explicit TerminalEditor(Complete complete);
    ~TerminalEditor() override;

    [[nodiscard]] TypedLine read(const std::string& prompt) override;
    void remember(const std::string& entry) override;

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace hive_query
