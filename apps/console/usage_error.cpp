#include "usage_error.hpp"

#include <cistern/connector_config.hpp>
#include <cistern/error.hpp>

namespace console {

std::chrono::nanoseconds duration_argument(const std::string& option, const std::string& text) {
    try {
        return cistern::ConnectorConfig{{}, {{option, {text, "command line"}}}}.duration(option);
    } catch (const cistern::ConfigError& error) {
        throw UsageError{error.what()};
    }
}

}  // namespace console
