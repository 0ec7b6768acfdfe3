#include "link.hpp"

#include "../connect.hpp"
#include "../password.hpp"

#include <cstddef>

namespace hive_query {

hive::Session& PoolLink::session() {
    if (!runtime_) {
        const auto password =
            find_password(options_, [this](const std::string& text) { messages_.warn(text); });
        runtime_ = make_runtime(options_, password);
    }
    if (!lease_) {
        lease_.emplace(runtime_->pool<hive::Session>(pool_name(options_, *runtime_)).acquire());
    }
    return **lease_;
}

void PoolLink::close(bool lost) {
    if (lease_ && lost) {
        lease_->discard();
    }
    lease_.reset();
    if (!lost) {
        // Without its pool the session ends on the server, instead of waiting for the next
        // borrower.
        runtime_.reset();
    }
}

void PoolLink::go_to(const Options& options) {
    close(false);
    options_ = options;
}

std::string database_of(const std::string& url) {
    const std::size_t host = url.find("://");
    const std::size_t slash = host == std::string::npos ? host : url.find('/', host + 3);
    if (slash == std::string::npos) {
        return "default";
    }
    const std::size_t end = url.find_first_of(";?#", slash);
    const std::string name =
        url.substr(slash + 1, end == std::string::npos ? end : end - slash - 1);
    return name.empty() ? "default" : name;
}

}  // namespace hive_query
