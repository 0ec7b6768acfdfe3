#include "plugin_library.hpp"

#include <cistern/plugin_tag.hpp>

#include <cxxabi.h>
#include <dlfcn.h>

#include <cstdlib>
#include <memory>
#include <string_view>

namespace cistern {
namespace {

std::string demangled(const std::string& symbol) {
    int status = 0;
    const std::unique_ptr<char, decltype(&std::free)> text{
        abi::__cxa_demangle(symbol.c_str(), nullptr, nullptr, &status), &std::free};
    return status == 0 && text != nullptr ? std::string{text.get()} : symbol;
}

// The rest of `text` after `mark`, up to a space or one of the marks that the loader puts after a
// name.
std::string word_after(const std::string& text, std::string_view mark) {
    const auto begin = text.find(mark) + mark.size();
    return text.substr(begin, text.find_first_of(" \t\n,;", begin) - begin);
}

}  // namespace

// Bound lazily, a missing symbol would end the process at its first call; visible to others, equal
// names in two plugins would become one. Poco binds lazily and makes visible, but finds the library
// here already and opens nothing itself.
LoadedLibrary load_library(const std::filesystem::path& path) {
    ::dlerror();
    void* const handle = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (handle != nullptr) {
        return {handle};
    }
    const char* const why = ::dlerror();
    return {nullptr, loader_problem(why == nullptr ? "" : why, path)};
}

bool is_library_loaded(const std::filesystem::path& path) {
    void* const handle = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NOLOAD);
    if (handle != nullptr) {
        ::dlclose(handle);  // undoes the count of the line above; the library stays
    }
    return handle != nullptr;
}

std::string plugin_tag_of(const LoadedLibrary& library) {
    using TagFunction = const char* (*)();
    const auto function =
        reinterpret_cast<TagFunction>(::dlsym(library.handle, "cistern_plugin_tag"));
    const char* const tag = function == nullptr ? nullptr : function();
    return tag == nullptr ? std::string{} : std::string{tag};
}

std::string tag_problem(const std::string& tag) {
    if (tag.empty()) {
        return "has no plugin tag, so it is no cistern plugin; a plugin ends in "
               "CISTERN_EXPORT_CONNECTOR(Type, \"name\") and is built with cistern_add_plugin()";
    }
    if (tag != CISTERN_PLUGIN_TAG) {
        return "was built with \"" + tag + "\", but this library is \"" + CISTERN_PLUGIN_TAG +
               "\"; build the plugin again with this version's headers and this compiler";
    }
    return {};
}

std::string loader_problem(std::string text, const std::filesystem::path& path) {
    const auto prefix = path.string() + ": ";
    if (text.starts_with(prefix)) {
        text.erase(0, prefix.size());
    }
    constexpr std::string_view kUndefined = "undefined symbol: ";
    constexpr std::string_view kMissing = ": cannot open shared object file";
    if (text.find(kUndefined) != std::string::npos) {
        const auto symbol = demangled(word_after(text, kUndefined));
        return "uses " + symbol + ", which nobody defines; " +
               (symbol.find("cistern::") == std::string::npos
                    ? "link the library that has it into the plugin (LINK in cistern_add_plugin)"
                    : "it was built against another version of cistern: build it again with this "
                      "one's headers");
    }
    if (const auto at = text.find(kMissing); at != std::string::npos) {
        return "needs the library " + text.substr(0, at) +
               ", which is not found; install it, or build the plugin with a run path that leads "
               "to it";
    }
    return "cannot be loaded: " + text + "; build or install the plugin again";
}

}  // namespace cistern
