#include "io_text.hpp"

#include <string.h>

namespace cistern {

std::string error_number_text(int error) {
    const char* const name = ::strerrorname_np(error);
    const char* const description = ::strerrordesc_np(error);
    if (name == nullptr || description == nullptr) {
        return "error " + std::to_string(error);
    }
    return std::string{description} + " (" + name + ")";
}

std::string duration_text(std::chrono::nanoseconds duration) {
    using namespace std::chrono;
    const auto count = round<milliseconds>(duration).count();
    if (count < milliseconds{1s}.count()) {
        return std::to_string(count) + " ms";
    }
    auto text = std::to_string(count / 1000);
    if (const auto tenths = count % 1000 / 100; tenths != 0) {
        text += "." + std::to_string(tenths);
    }
    return text + " s";
}

}  // namespace cistern
