#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace hive {

// Which quotation mark ends each string of a text without escapes: any that a follower of the right
// kind comes after. A reading asks in order and gets one set of answers; next_reading() goes on to
// another set until all have been tried, or until more bytes were searched than `most_work`.
class QuoteChoices {
public:
    QuoteChoices(std::string_view text, std::size_t most_work) noexcept
        : text_{text}, most_work_{most_work} {}

    // Begins a reading from the front.
    void rewind() noexcept { asked_ = 0; }

    // Where the string ends that begins at `begin`: a quotation mark with one of `followers` behind
    // it. npos: there is none.
    std::size_t end_of(std::size_t begin, std::string_view followers) {
        if (asked_ == choices_.size()) {
            choices_.push_back({begin, followers, find(begin, followers)});
        }
        return choices_[asked_++].end;
    }

    // Changes the last answer that can be changed. False when every set was tried, or the work
    // done.
    bool next_reading() {
        choices_.resize(asked_);  // what was not asked for in this reading depends on others
        while (!choices_.empty() && !is_exhausted()) {
            Choice& last = choices_.back();
            if (last.end != std::string_view::npos) {
                last.end = find(last.end + 1, last.followers);
            }
            if (last.end != std::string_view::npos) {
                changed_at_ = last.begin;
                return true;
            }
            choices_.pop_back();
        }
        return false;
    }
    void count_work(std::size_t bytes) noexcept { work_ += bytes; }
    [[nodiscard]] bool is_exhausted() const noexcept { return work_ > most_work_; }
    // Where the string begins whose end was changed last.
    [[nodiscard]] std::size_t changed_at() const noexcept { return changed_at_; }

private:
    struct Choice {
        std::size_t begin = 0;
        std::string_view followers{};
        std::size_t end = 0;
    };

    std::size_t find(std::size_t from, std::string_view followers) noexcept {
        std::size_t at = text_.find('"', from);
        while (
            at != std::string_view::npos &&
            (at + 1 == text_.size() || followers.find(text_[at + 1]) == std::string_view::npos)) {
            at = text_.find('"', at + 1);
        }
        work_ += (at == std::string_view::npos ? text_.size() : at) - from + 1;
        return at;
    }

    std::string_view text_;
    std::size_t most_work_;
    std::vector<Choice> choices_;
    std::size_t asked_ = 0;
    std::size_t work_ = 0;
    std::size_t changed_at_ = 0;
};

}  // namespace hive
