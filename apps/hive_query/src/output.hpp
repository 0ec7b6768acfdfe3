#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>

namespace hive_query {

// The reader of our output has gone, as `head` does when it has seen enough. No failure.
class OutputClosed : public std::runtime_error {
public:
    using runtime_error::runtime_error;
};

// Writing failed: a full disk, for one.
class OutputError : public std::runtime_error {
public:
    using runtime_error::runtime_error;
};

// Where rows go: one large buffer in front of a file descriptor, which writers append to directly
// so that a cell costs no call and no allocation.
//
// Thread safety:  none.
// Ownership:      the descriptor stays the caller's. What was not flushed is lost with the object.
// Errors:         OutputClosed, OutputError; afterwards nothing more is written.
class Output {
public:
    explicit Output(int descriptor, std::string name = "standard output");
    Output(const Output&) = delete;
    Output& operator=(const Output&) = delete;
    virtual ~Output() = default;

    [[nodiscard]] std::string& buffer() noexcept { return buffer_; }
    void write(std::string_view text) { buffer_ += text; }
    // Called once per row: writes the buffer once it is worth a system call.
    void row_done() {
        if (buffer_.size() >= kWorthWriting) {
            flush();
        }
    }
    void flush();
    // Called once a result is complete.
    virtual void finish() { flush(); }

    [[nodiscard]] bool is_terminal() const noexcept { return is_terminal_; }

protected:
    // Where flush() hands the text to: the descriptor.
    virtual void put(std::string_view text);
    // Writes all of `text` there.
    void write_to(int descriptor, std::string_view text) const;
    [[nodiscard]] int descriptor() const noexcept { return descriptor_; }

private:
    static constexpr std::size_t kWorthWriting = 256 * 1024;

    std::string buffer_;
    std::string name_;
    int descriptor_;
    bool is_terminal_;
};

}  // namespace hive_query
