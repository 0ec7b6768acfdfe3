#include <cistern/connector.hpp>

namespace cistern {

Connector::~Connector() = default;

}  // namespace cistern
