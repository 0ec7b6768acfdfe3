#pragma once

#include <atomic>
#include <mutex>
#include <string>
#include <string_view>

namespace hive_query {

// All that is for a person and not for a program: standard error, with at most one status line that
// is drawn over in place.
//
// Thread safety:  every member may be called by any number of threads at once.
// Ownership:      the descriptor stays the caller's.
// Errors:         what cannot be written is lost; there is nowhere to say so.
class Messages {
public:
    Messages(int descriptor, bool silent);

    // Whole lines; what could disturb a terminal is made visible.
    void error(std::string_view text);
    void warn(std::string_view text) { note("hive-query: warning: " + std::string{text}); }
    // What note() says is left out from now on, or not any more.
    void silence(bool silent) noexcept { is_silent_ = silent; }
    // Left out when silent.
    void note(std::string_view text);
    // Shown even when silent: somebody asked for it.
    void show(std::string_view text) { error(text); }

    // Draws the status line anew on a terminal; writes a line of its own elsewhere.
    void status(std::string_view text);
    void clear_status();

    [[nodiscard]] bool is_terminal() const noexcept { return is_terminal_; }

private:
    void write(std::string_view text);
    [[nodiscard]] std::string erase_status();

    const int descriptor_;
    std::atomic<bool> is_silent_;
    const bool is_terminal_;
    std::mutex mutex_;
    bool has_status_ = false;  // guarded by mutex_
};

}  // namespace hive_query
