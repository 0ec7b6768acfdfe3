#pragma once

#include "hive_server.hpp"

#include <cistern/hive/session.hpp>
#include <cistern/runtime.hpp>

#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace cistern::test {

using Texts = std::map<std::string, std::string>;

// A runtime with one pool of Hive sessions, called "warehouse".
inline Runtime hive_runtime(Texts settings, Texts options = {}) {
    RuntimeSpec spec;
    spec.pools.push_back({.name = "warehouse",
                          .plugin = "hive",
                          .options = std::move(options),
                          .settings = std::move(settings)});
    return Runtime::from_spec(std::move(spec));
}

inline Pool<hive::Session>& warehouse(Runtime& runtime) {
    return runtime.pool<hive::Session>("warehouse");
}

// The server of a test that runs against any: the one that the environment names, or a sandbox.
class AnyHive {
public:
    explicit AnyHive(std::vector<std::string> sandbox_arguments = {}) {
        if (!foreign_hive_url()) {
            sandbox_.emplace(std::move(sandbox_arguments));
        }
    }

    [[nodiscard]] Runtime runtime(Texts settings = {}, Texts options = {}) const {
        if (const auto url = foreign_hive_url()) {
            settings.emplace("url", *url);
        } else {
            settings.emplace("endpoint", sandbox_->endpoint());
            settings.emplace("auth", "nosasl");
        }
        options.emplace("connect_timeout", "60s");
        options.emplace("acquire_timeout", "60s");
        options.emplace("validate_timeout", "20s");
        return hive_runtime(std::move(settings), std::move(options));
    }
    // What a sandbox that was started with --verbose has been asked so far, one call a line.
    [[nodiscard]] std::optional<std::string> calls() const {
        if (!sandbox_) {
            return std::nullopt;
        }
        std::ifstream log{sandbox_->folder() / "log"};
        return std::string{std::istreambuf_iterator<char>{log}, {}};
    }
    [[nodiscard]] bool is_sandbox() const noexcept { return sandbox_.has_value(); }

private:
    std::optional<HiveSandbox> sandbox_;
};

inline void run(hive::Session& session, const std::string& sql) {
    const auto operation = session.execute(sql);
    operation->wait();
    operation->close();
}

// All rows of a result of one column of BIGINTs or INTs, NULL left out.
inline std::vector<std::int64_t> numbers(hive::Session& session, const std::string& sql) {
    const auto operation = session.execute(sql);
    std::vector<std::int64_t> found;
    hive::Batch batch;
    while (operation->fetch(batch)) {
        for (std::size_t row = 0; row < batch.rows; ++row) {
            if (batch.columns[0].is_null(row)) {
                continue;
            }
            std::visit(
                [&](const auto& values) {
                    if constexpr (requires { static_cast<std::int64_t>(values[row]); }) {
                        found.push_back(static_cast<std::int64_t>(values[row]));
                    }
                },
                batch.columns[0].values);
        }
    }
    return found;
}

// A text column by its name, row by row; NULL as nothing.
inline std::vector<std::optional<std::string>> texts(hive::Operation& operation,
                                                     const std::string& name) {
    const auto& columns = operation.columns();
    std::size_t index = 0;
    while (index < columns.size() && columns[index].name != name) {
        ++index;
    }
    std::vector<std::optional<std::string>> found;
    hive::Batch batch;
    while (operation.fetch(batch)) {
        const auto& column = batch.columns.at(index);
        for (std::size_t row = 0; row < batch.rows; ++row) {
            found.push_back(column.is_null(row)
                                ? std::optional<std::string>{}
                                : std::string{std::get<hive::Texts>(column.values)[row]});
        }
    }
    return found;
}

}  // namespace cistern::test
