#include "pool/type_name.hpp"

#include <cxxabi.h>
#include <stdlib.h>

#include <memory>

namespace cistern {

std::string type_name(const std::type_info& type) {
    int status = 0;
    const std::unique_ptr<char, decltype(&::free)> text{
        abi::__cxa_demangle(type.name(), nullptr, nullptr, &status), &::free};
    return status == 0 && text != nullptr ? text.get() : type.name();
}

}  // namespace cistern
