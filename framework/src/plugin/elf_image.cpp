#include "elf_image.hpp"

#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cstring>

namespace cistern {
namespace {

constexpr const char* kForeign = "; build the plugin on and for this machine";

#if defined(__x86_64__)
constexpr ElfW(Half) kMachine = EM_X86_64;
#elif defined(__aarch64__)
constexpr ElfW(Half) kMachine = EM_AARCH64;
#elif defined(__riscv)
constexpr ElfW(Half) kMachine = EM_RISCV;
#elif defined(__powerpc64__)
constexpr ElfW(Half) kMachine = EM_PPC64;
#elif defined(__s390x__)
constexpr ElfW(Half) kMachine = EM_S390;
#elif defined(__i386__)
constexpr ElfW(Half) kMachine = EM_386;
#elif defined(__arm__)
constexpr ElfW(Half) kMachine = EM_ARM;
#else
#error "say which machine's plugins this one can run"
#endif

constexpr unsigned char kClass = sizeof(void*) == 8 ? ELFCLASS64 : ELFCLASS32;
constexpr unsigned char kByteOrder =
    std::endian::native == std::endian::little ? ELFDATA2LSB : ELFDATA2MSB;

// More than any linker writes, and little enough to read at once.
constexpr std::size_t kMostSegments = 256;

bool overflows(std::uint64_t a, std::uint64_t b) {
    return a + b < a;
}

// [inner, inner + inner_size) inside [outer, outer + outer_size).
bool contains(std::uint64_t outer,
              std::uint64_t outer_size,
              std::uint64_t inner,
              std::uint64_t inner_size) {
    return inner >= outer && inner_size <= outer_size && inner - outer <= outer_size - inner_size;
}

}  // namespace

ElfImage::ElfImage(const PluginFile& file) : file_{file} {
    problem_ = check_header();
    if (problem_.empty()) {
        problem_ = read_segments();
    }
    if (problem_.empty()) {
        problem_ = read_sections();
    }
    if (problem_.empty()) {
        problem_ = check_loads();
    }
}

bool ElfImage::is_inside(std::uint64_t offset, std::uint64_t count) {
    if (!contains(0, file_.size(), offset, count)) {
        return false;
    }
    end_ = std::max(end_, offset + count);
    return true;
}

std::string ElfImage::check_header() {
    const auto* const ident = header_.e_ident;
    if (!file_.read(0, &header_, sizeof header_) || std::memcmp(ident, ELFMAG, SELFMAG) != 0) {
        return "is no shared library; a plugin is what cistern_add_plugin() builds";
    }
    if (ident[EI_CLASS] != kClass || ident[EI_DATA] != kByteOrder ||
        header_.e_machine != kMachine) {
        return std::string{"is built for another kind of machine"} + kForeign;
    }
    if (ident[EI_VERSION] != EV_CURRENT || header_.e_version != EV_CURRENT ||
        header_.e_ehsize != sizeof header_) {
        return std::string{"has a broken header"} + kDamaged;
    }
    if (header_.e_type != ET_DYN) {
        return "is no shared library; a plugin is what cistern_add_plugin() builds";
    }
    end_ = sizeof header_;
    return {};
}

std::string ElfImage::read_segments() {
    const std::size_t count = header_.e_phnum;
    if (count == 0 || count > kMostSegments || header_.e_phentsize != sizeof(ElfW(Phdr)) ||
        !is_inside(header_.e_phoff, count * sizeof(ElfW(Phdr)))) {
        return std::string{"has a broken table of segments"} + kDamaged;
    }
    segments_.resize(count);
    if (!file_.read(header_.e_phoff, segments_.data(), count * sizeof(ElfW(Phdr)))) {
        return std::string{"cannot be read to its end"} + kDamaged;
    }
    for (const auto& segment : segments_) {
        if (segment.p_type != PT_NULL && !is_inside(segment.p_offset, segment.p_filesz)) {
            return std::string{"is cut off: it should go on after its last byte"} + kDamaged;
        }
    }
    return {};
}

// The loader does not need sections, but a library that was cut off has lost them first.
std::string ElfImage::read_sections() {
    const std::size_t count = header_.e_shnum;
    if (header_.e_shoff == 0 && count == 0) {
        return {};
    }
    if (count == 0 || header_.e_shentsize != sizeof(ElfW(Shdr)) || header_.e_shstrndx >= count ||
        !is_inside(header_.e_shoff, count * sizeof(ElfW(Shdr)))) {
        return std::string{"is cut off, or its table of sections is broken"} + kDamaged;
    }
    sections_.resize(count);
    if (!file_.read(header_.e_shoff, sections_.data(), count * sizeof(ElfW(Shdr)))) {
        return std::string{"cannot be read to its end"} + kDamaged;
    }
    for (const auto& section : sections_) {
        if (section.sh_type != SHT_NULL && section.sh_type != SHT_NOBITS &&
            !is_inside(section.sh_offset, section.sh_size)) {
            return std::string{"is cut off: a section lies outside the file"} + kDamaged;
        }
    }
    return {};
}

std::string ElfImage::check_loads() const {
    const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
    std::uint64_t last_end = 0;
    std::size_t loads = 0;
    for (const auto& segment : segments_) {
        if (segment.p_type != PT_LOAD) {
            continue;
        }
        const bool is_sound =
            segment.p_filesz <= segment.p_memsz && !overflows(segment.p_vaddr, segment.p_memsz) &&
            segment.p_vaddr >= last_end && std::has_single_bit(segment.p_align) &&
            segment.p_align >= page &&
            segment.p_vaddr % segment.p_align == segment.p_offset % segment.p_align;
        if (!is_sound) {
            return std::string{"has a broken table of segments"} + kDamaged;
        }
        last_end = segment.p_vaddr + segment.p_memsz;
        ++loads;
    }
    for (const auto& segment : segments_) {
        const bool must_be_loaded = segment.p_type == PT_DYNAMIC || segment.p_type == PT_TLS ||
                                    segment.p_type == PT_GNU_RELRO ||
                                    segment.p_type == PT_GNU_EH_FRAME;
        if (must_be_loaded && segment.p_filesz > 0 &&
            file_offset(segment.p_vaddr, segment.p_filesz) != segment.p_offset) {
            return std::string{"has a broken table of segments"} + kDamaged;
        }
    }
    return loads == 0 ? std::string{"has nothing to load"} + kDamaged : std::string{};
}

std::optional<std::uint64_t> ElfImage::file_offset(std::uint64_t address,
                                                   std::uint64_t count) const {
    for (const auto& segment : segments_) {
        if (segment.p_type == PT_LOAD &&
            contains(segment.p_vaddr, segment.p_filesz, address, count)) {
            return segment.p_offset + (address - segment.p_vaddr);
        }
    }
    return std::nullopt;
}

bool ElfImage::is_loaded(std::uint64_t address, std::uint64_t count, std::uint32_t flags) const {
    return std::any_of(segments_.begin(), segments_.end(), [&](const auto& segment) {
        return segment.p_type == PT_LOAD && (segment.p_flags & flags) == flags &&
               contains(segment.p_vaddr, segment.p_memsz, address, count);
    });
}

}  // namespace cistern
