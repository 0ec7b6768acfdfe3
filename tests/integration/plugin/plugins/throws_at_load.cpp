#include "good_connector.hpp"

namespace specimen {
namespace {

int thrown_at_load() {
    throw std::runtime_error{"thrown while the library is being loaded"};
}

[[maybe_unused]] const int kNever = thrown_at_load();

}  // namespace
}  // namespace specimen

CISTERN_EXPORT_CONNECTOR(specimen::GoodConnector, "throws_at_load")
