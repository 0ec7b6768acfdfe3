#include <cistern/connection.hpp>

namespace cistern {

Connection::~Connection() = default;

void Connection::reset(Deadline /*deadline*/) {
    reset_is_empty_ = true;
}

}  // namespace cistern
