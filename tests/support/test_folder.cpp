#include "support/test_folder.hpp"

#include <stdlib.h>

#include <cerrno>
#include <fstream>
#include <system_error>

namespace cistern::test {

namespace fs = std::filesystem;

TestFolder::TestFolder() {
    auto name = (fs::temp_directory_path() / "cistern-test-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) {
        throw std::system_error{errno, std::generic_category(), "no temporary folder"};
    }
    path_ = fs::canonical(name);
}

TestFolder::~TestFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
}

fs::path TestFolder::write(const std::string& name, const std::string& text) const {
    const auto file = path_ / name;
    fs::create_directories(file.parent_path());
    std::ofstream out{file, std::ios::binary};
    out << text;
    if (!out.flush()) {
        throw std::system_error{errno, std::generic_category(), "cannot write " + file.string()};
    }
    fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write);
    return file;
}

}  // namespace cistern::test
