#include "good_connector.hpp"

#include <cstdlib>

namespace specimen {
namespace {

int leave() {
    std::_Exit(3);
}

[[maybe_unused]] const int kNever = leave();

}  // namespace
}  // namespace specimen

CISTERN_EXPORT_CONNECTOR(specimen::GoodConnector, "exits_at_load")
