#pragma once

#include "../output.hpp"
#include "child.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

namespace hive_query {

// The command that shows what is longer than the screen: `pager`, or when that is empty $PAGER, or
// else less -S. Empty for "off", and where $PAGER is set and empty.
[[nodiscard]] std::string pager_command(const std::string& pager);

// An Output that hands a result to a pager once it has more lines than the screen. What is shorter
// is written when the result is complete.
class PagedOutput final : public Output {
public:
    // `screen_lines` is asked for each result.
    PagedOutput(int descriptor, std::function<std::size_t()> screen_lines);
    ~PagedOutput() override;

    // An empty command: nothing is paged from the next result on.
    void page_by(std::string command) { command_ = std::move(command); }
    // Waits until the person has left the pager.
    void finish() override;

protected:
    void put(std::string_view text) override;

private:
    void start();
    void stop() noexcept;

    std::function<std::size_t()> screen_lines_;
    std::string command_;
    std::string held_;
    std::size_t held_lines_ = 0;
    int pipe_ = -1;  // to the pager, while one runs
    std::unique_ptr<Child> pager_;
};

}  // namespace hive_query
