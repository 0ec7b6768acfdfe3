#include <cistern/connector.hpp>
#include <cistern/credentials.hpp>

namespace cistern {

Connector::~Connector() = default;
CredentialsProvider::~CredentialsProvider() = default;

}  // namespace cistern
