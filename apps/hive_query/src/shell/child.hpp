#pragma once

#include <sys/types.h>

#include <string>

namespace hive_query {

// A shell command on our terminal, which takes signals as usual whatever this program blocks or
// ignores.
//
// Thread safety:  none.
// Waiting:        wait() waits until the command has ended.
class Child {
public:
    // `input` is a descriptor for its standard input; below 0: ours.
    explicit Child(const std::string& command, int input = -1);
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;
    ~Child() { (void)wait(); }

    [[nodiscard]] bool has_started() const noexcept { return id_ > 0; }
    // The exit status; 128 and the signal's number when one ended it; 127 when it did not start.
    int wait();

private:
    pid_t id_ = -1;
    int status_ = 127;
};

}  // namespace hive_query
