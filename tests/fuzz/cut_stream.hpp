#pragma once

#include <cistern/stream.hpp>

#include <algorithm>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

namespace cistern::fuzz {

// A peer that has sent all it will, in pieces, and has closed its side. Remembers what was written.
class CutStream final : public Stream {
public:
    // `piece` says how many bytes come next.
    CutStream(std::string_view incoming, std::function<std::size_t()> piece)
        : left_{incoming}, piece_{std::move(piece)} {}

    std::size_t read_some(char* buffer, std::size_t size, Deadline) override {
        const auto got = std::min({size, piece_(), left_.size()});
        left_.copy(buffer, got);
        left_.remove_prefix(got);
        return got;
    }
    void write_all(std::string_view bytes, Deadline) override { written_.append(bytes); }
    [[nodiscard]] Deadline deadline_after(Timeout) const override { return Deadline::never(); }
    [[nodiscard]] std::string peer() const override { return "peer:1"; }

    [[nodiscard]] const std::string& written() const noexcept { return written_; }

private:
    std::string_view left_;
    std::function<std::size_t()> piece_;
    std::string written_;
};

}  // namespace cistern::fuzz
