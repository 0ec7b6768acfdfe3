#include "counts/written_lines.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>

namespace cistern::test {
namespace {

constexpr std::size_t kLine = 64;

}  // namespace

std::vector<Mapping> mappings() {
    std::vector<Mapping> found;
    std::ifstream maps{"/proc/self/maps"};
    for (std::string line; std::getline(maps, line);) {
        auto& mapping = found.emplace_back();
        char dash = 0;
        std::istringstream words{line};
        words >> std::hex >> mapping.begin >> dash >> mapping.end >> mapping.rights;
        mapping.text = std::move(line);
    }
    return found;
}

// Outside the heap, so that it is not part of what it copies.
struct WrittenLines::Copy {
    explicit Copy(std::size_t wanted)
        : size{wanted},
          bytes{static_cast<char*>(::mmap(nullptr,
                                          wanted,
                                          PROT_READ | PROT_WRITE,
                                          MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
                                          -1,
                                          0))} {
        if (bytes == MAP_FAILED) {
            throw std::runtime_error{"written lines: no memory for a copy"};
        }
    }
    Copy(const Copy&) = delete;
    Copy& operator=(const Copy&) = delete;
    ~Copy() { ::munmap(bytes, size); }

    std::size_t size;
    char* bytes;
};

WrittenLines::WrittenLines() {
    std::size_t total = 0;
    for (const auto& [begin, end, rights, text] : mappings()) {
        // The stack is the looking thread's own.
        if (rights == "rw-p" && !text.ends_with("[stack]")) {
            regions_.push_back({begin, end - begin});
            total += end - begin;
        }
    }
    before_ = std::make_unique<Copy>(total);
    after_ = std::make_unique<Copy>(total);
}

WrittenLines::~WrittenLines() = default;

void WrittenLines::copy_to(Copy& copy) const {
    const int memory = ::open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
    char* to = copy.bytes;
    for (const auto& region : regions_) {
        // A region that has gone meanwhile keeps what the copy had, and so shows no difference.
        std::ignore = ::pread(memory, to, region.size, static_cast<off_t>(region.begin));
        to += region.size;
    }
    ::close(memory);
}

Lines WrittenLines::by(const std::vector<std::function<void()>>& steps) {
    Lines lines;
    for (const auto& step : steps) {
        copy_to(*before_);
        step();
        copy_to(*after_);
        std::size_t at = 0;
        for (const auto& region : regions_) {
            for (std::size_t i = 0; i + kLine <= region.size; i += kLine) {
                if (std::memcmp(before_->bytes + at + i, after_->bytes + at + i, kLine) != 0) {
                    lines.insert(region.begin + i);
                }
            }
            at += region.size;
        }
    }
    return lines;
}

}  // namespace cistern::test
