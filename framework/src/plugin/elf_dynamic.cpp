#include "elf_dynamic.hpp"

#include <algorithm>
#include <array>
#include <map>

namespace cistern {
namespace {

// A flipped bit must not make us read gigabytes.
constexpr std::uint64_t kLargestTable = std::uint64_t{256} << 20U;

class DynamicCheck {
public:
    DynamicCheck(const PluginFile& file, const ElfImage& image) : file_{file}, image_{image} {}

    std::string run() {
        const bool is_sound = read_table() && check_strings() && check_symbols() &&
                              check_versions() && check_hash() && check_functions() &&
                              check_relocations(DT_RELA, DT_RELASZ) &&
                              check_relocations(DT_JMPREL, DT_PLTRELSZ);
        return is_sound ? std::string{} : std::string{"has a broken "} + subject_ + kDamaged;
    }

private:
    using Address = std::uint64_t;

    [[nodiscard]] bool has(std::int64_t tag) const { return table_.contains(tag); }
    [[nodiscard]] std::uint64_t value(std::int64_t tag) const {
        const auto found = table_.find(tag);
        return found == table_.end() ? 0 : found->second;
    }

    // Copies the part of the loaded library that starts at `address`.
    template <class Entry>
    bool read_array(Address address, std::uint64_t count, std::vector<Entry>& entries) const {
        const auto bytes = count * sizeof(Entry);
        if (count > kLargestTable / sizeof(Entry)) {
            return false;
        }
        const auto offset = image_.file_offset(address, bytes);
        if (!offset) {
            return false;
        }
        entries.resize(count);
        return file_.read(*offset, entries.data(), bytes);
    }

    // Tags that may stand there many times are checked by the one with the highest value.
    bool read_table() {
        subject_ = "dynamic table";
        const auto& segments = image_.segments();
        const auto is_dynamic = [](const auto& segment) { return segment.p_type == PT_DYNAMIC; };
        const auto at = std::find_if(segments.begin(), segments.end(), is_dynamic);
        if (at == segments.end() ||
            std::count_if(segments.begin(), segments.end(), is_dynamic) != 1) {
            return false;
        }
        std::vector<ElfW(Dyn)> entries;
        if (!read_array(at->p_vaddr, at->p_filesz / sizeof(ElfW(Dyn)), entries)) {
            return false;
        }
        for (const auto& entry : entries) {
            if (entry.d_tag == DT_NULL) {
                return true;
            }
            auto& known = table_[entry.d_tag];
            known = std::max<std::uint64_t>(known, entry.d_un.d_val);
        }
        return false;
    }

    bool check_strings() {
        subject_ = "table of names";
        strings_ = value(DT_STRSZ);
        std::vector<char> last;
        if (strings_ == 0 || !image_.file_offset(value(DT_STRTAB), strings_) ||
            !read_array(value(DT_STRTAB) + strings_ - 1, 1, last) || last.front() != '\0') {
            return false;
        }
        constexpr std::array<std::int64_t, 4> kNames{DT_NEEDED, DT_SONAME, DT_RPATH, DT_RUNPATH};
        return std::all_of(
            kNames.begin(), kNames.end(), [&](auto tag) { return value(tag) < strings_; });
    }

    // How many symbols there are stands in the section table only.
    bool check_symbols() {
        subject_ = "table of symbols";
        const auto& sections = image_.sections();
        const auto at = std::find_if(sections.begin(), sections.end(), [&](const auto& section) {
            return section.sh_type == SHT_DYNSYM && section.sh_addr == value(DT_SYMTAB);
        });
        std::vector<ElfW(Sym)> symbols;
        if (at == sections.end() || value(DT_SYMENT) != sizeof(ElfW(Sym)) ||
            at->sh_size % sizeof(ElfW(Sym)) != 0 ||
            !read_array(value(DT_SYMTAB), at->sh_size / sizeof(ElfW(Sym)), symbols)) {
            return false;
        }
        symbols_ = symbols.size();
        return std::all_of(symbols.begin(), symbols.end(), [&](const auto& symbol) {
            const bool is_here = symbol.st_shndx != SHN_UNDEF && symbol.st_shndx != SHN_ABS;
            const bool is_thread_local = (symbol.st_info & 0xf) == STT_TLS;
            return symbol.st_name < strings_ &&
                   (!is_here || is_thread_local || image_.is_loaded(symbol.st_value, 0, 0));
        });
    }

    // The loader numbers its table of versions by the highest index that is needed or defined here,
    // and looks symbols' versions up in it unseen.
    bool check_versions() {
        subject_ = "table of versions";
        if (!has(DT_VERSYM)) {
            return !has(DT_VERNEED) && !has(DT_VERDEF);
        }
        std::vector<ElfW(Half)> versions;
        std::uint16_t highest = 1;
        if (!read_array(value(DT_VERSYM), symbols_, versions) || !check_needed(highest)) {
            return false;
        }
        // Plugins define no versions of their own, or few; those that do keep them below.
        highest = std::max(highest, static_cast<std::uint16_t>(value(DT_VERDEFNUM)));
        return std::all_of(versions.begin(), versions.end(), [&](ElfW(Half) version) {
            constexpr ElfW(Half) kHiddenBit = 0x8000;
            return (version & ~kHiddenBit) <= highest;
        });
    }

    bool check_needed(std::uint16_t& highest) {
        auto at = value(DT_VERNEED);
        for (std::uint64_t left = value(DT_VERNEEDNUM); left > 0; --left) {
            std::vector<ElfW(Verneed)> library;
            if (!read_array(at, 1, library) || library[0].vn_version != VER_NEED_CURRENT ||
                library[0].vn_file >= strings_ || library[0].vn_cnt == 0) {
                return false;
            }
            auto version_at = at + library[0].vn_aux;
            for (std::uint64_t count = library[0].vn_cnt; count > 0; --count) {
                std::vector<ElfW(Vernaux)> version;
                if (!read_array(version_at, 1, version) || version[0].vna_name >= strings_ ||
                    (version[0].vna_next == 0) != (count == 1)) {
                    return false;
                }
                highest = std::max<std::uint16_t>(highest, version[0].vna_other & 0x7fff);
                version_at += version[0].vna_next;
            }
            if ((library[0].vn_next == 0) != (left == 1)) {
                return false;
            }
            at += library[0].vn_next;
        }
        return true;
    }

    // The loader walks these chains without looking at their ends.
    bool check_hash() {
        subject_ = "hash table";
        if (!has(DT_GNU_HASH)) {
            return true;
        }
        std::vector<std::uint32_t> header;
        if (!read_array(value(DT_GNU_HASH), 4, header)) {
            return false;
        }
        const std::uint64_t buckets = header[0];
        const std::uint64_t first_symbol = header[1];
        const std::uint64_t words = header[2];
        const auto buckets_at =
            value(DT_GNU_HASH) + 4 * sizeof(std::uint32_t) + words * sizeof(ElfW(Addr));
        if (buckets == 0 || words == 0 || (words & (words - 1)) != 0 || first_symbol > symbols_) {
            return false;
        }
        std::vector<std::uint32_t> heads;
        std::vector<std::uint32_t> chain;
        if (!read_array(buckets_at, buckets, heads) ||
            !read_array(
                buckets_at + buckets * sizeof(std::uint32_t), symbols_ - first_symbol, chain)) {
            return false;
        }
        const bool ends = chain.empty() || (chain.back() & 1U) != 0;
        return ends && std::all_of(heads.begin(), heads.end(), [&](std::uint32_t head) {
                   return head == 0 || (head >= first_symbol && head < symbols_);
               });
    }

    bool check_functions() {
        subject_ = "list of functions to run at load";
        const auto is_code = [&](std::int64_t tag) {
            return !has(tag) || image_.is_loaded(value(tag), 1, PF_X);
        };
        const auto is_list = [&](std::int64_t tag, std::int64_t size) {
            return !has(tag) || image_.file_offset(value(tag), value(size)).has_value();
        };
        return is_code(DT_INIT) && is_code(DT_FINI) && is_list(DT_INIT_ARRAY, DT_INIT_ARRAYSZ) &&
               is_list(DT_FINI_ARRAY, DT_FINI_ARRAYSZ);
    }

    bool check_relocations(std::int64_t table, std::int64_t size) {
        subject_ = "list of relocations";
        if (!has(table)) {
            return true;
        }
        std::vector<ElfW(Rela)> entries;
        if (value(size) % sizeof(ElfW(Rela)) != 0 ||
            !read_array(value(table), value(size) / sizeof(ElfW(Rela)), entries)) {
            return false;
        }
        return std::all_of(entries.begin(), entries.end(), [&](const auto& entry) {
            return image_.is_loaded(entry.r_offset, sizeof(ElfW(Addr)), PF_W) &&
                   symbol_of(entry) < symbols_;
        });
    }

    static std::uint64_t symbol_of(const ElfW(Rela) & entry) {
        constexpr unsigned kTypeBits = sizeof(ElfW(Addr)) == 8 ? 32 : 8;
        return std::uint64_t{entry.r_info} >> kTypeBits;
    }

    const PluginFile& file_;
    const ElfImage& image_;
    std::map<std::int64_t, std::uint64_t> table_;
    std::uint64_t strings_ = 0;  // bytes of names
    std::uint64_t symbols_ = 0;
    const char* subject_ = "";
};

}  // namespace

std::string dynamic_problem(const PluginFile& file, const ElfImage& image) {
    return DynamicCheck{file, image}.run();
}

}  // namespace cistern
