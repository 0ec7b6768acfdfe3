#pragma once

#include <cistern/redis/session.hpp>
#include <cistern/runtime.hpp>

#include <map>
#include <string>
#include <utility>

namespace cistern::test {

using Texts = std::map<std::string, std::string>;

// A runtime with one pool of Redis sessions, called "cache".
inline Runtime redis_runtime(Texts settings, Texts options = {}) {
    RuntimeSpec spec;
    spec.pools.push_back({.name = "cache",
                          .plugin = "redis",
                          .options = std::move(options),
                          .settings = std::move(settings)});
    return Runtime::from_spec(std::move(spec));
}

inline Pool<redis::Session>& cache(Runtime& runtime) {
    return runtime.pool<redis::Session>("cache");
}

}  // namespace cistern::test
