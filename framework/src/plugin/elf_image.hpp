#pragma once

#include "plugin_file.hpp"

#include <link.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace cistern {

// What ends the reason why a file is refused.
inline constexpr const char* kDamaged = "; the file is damaged, build or install the plugin again";

// The tables of a shared object that say where everything else in it is, all known to lie inside
// the file: after a look at them the dynamic loader cannot be sent past the end of what it maps.
//
// Ownership:      copies of the tables; the file stays its owner's.
class ElfImage {
public:
    // Reads and checks headers, segments and sections. Look at problem() before anything else.
    explicit ElfImage(const PluginFile& file);

    // Why the file is no shared object for this machine, or is damaged; empty when neither.
    [[nodiscard]] const std::string& problem() const noexcept { return problem_; }
    // The end of the last byte that belongs to the library; a seal may follow.
    [[nodiscard]] std::uint64_t end() const noexcept { return end_; }

    [[nodiscard]] const std::vector<ElfW(Phdr)>& segments() const noexcept { return segments_; }
    [[nodiscard]] const std::vector<ElfW(Shdr)>& sections() const noexcept { return sections_; }

    // Where in the file `count` bytes at the loaded `address` come from; empty when no segment
    // brings all of them.
    [[nodiscard]] std::optional<std::uint64_t> file_offset(std::uint64_t address,
                                                           std::uint64_t count) const;
    // True when `count` bytes at `address` are loaded, and may be used as `flags` (PF_W, PF_X) say.
    [[nodiscard]] bool is_loaded(std::uint64_t address,
                                 std::uint64_t count,
                                 std::uint32_t flags) const;

private:
    [[nodiscard]] std::string check_header();
    [[nodiscard]] std::string read_segments();
    [[nodiscard]] std::string read_sections();
    [[nodiscard]] std::string check_loads() const;
    [[nodiscard]] bool is_inside(std::uint64_t offset, std::uint64_t count);

    const PluginFile& file_;
    ElfW(Ehdr) header_{};
    std::vector<ElfW(Phdr)> segments_{};
    std::vector<ElfW(Shdr)> sections_{};
    std::uint64_t end_ = 0;
    std::string problem_{};
};

}  // namespace cistern
