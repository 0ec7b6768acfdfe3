// Runs a target over the inputs that are kept, where libFuzzer is not: usage: replay FILE|FOLDER...

#include "fuzz_target.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <vector>

namespace fs = std::filesystem;

namespace {

void add_inputs(const fs::path& path, std::vector<fs::path>& inputs) {
    if (!fs::is_directory(path)) {
        inputs.push_back(path);
        return;
    }
    for (const auto& entry : fs::directory_iterator{path}) {
        inputs.push_back(entry.path());
    }
}

}  // namespace

int main(int argc, char** argv) {
    std::vector<fs::path> inputs;
    for (int i = 1; i < argc; ++i) {
        add_inputs(argv[i], inputs);
    }
    std::sort(inputs.begin(), inputs.end());
    for (const auto& input : inputs) {
        std::ifstream file{input, std::ios::binary};
        if (!file) {
            std::cerr << "replay: cannot read " << input << '\n';
            return 1;
        }
        const std::string bytes{std::istreambuf_iterator<char>{file}, {}};
        std::cout << input.filename().string() << std::endl;  // said before, in case it crashes
        LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
    }
    std::cout << inputs.size() << " inputs\n";
    return inputs.empty() ? 1 : 0;
}
