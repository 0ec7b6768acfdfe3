#pragma once

#include "sql/catalog.hpp"
#include "sql/convert.hpp"
#include "sql/execution.hpp"

#include <initializer_list>
#include <memory>
#include <string>
#include <vector>

namespace sandbox {

// One session on an empty server, without the network.
class SandboxFixture {
public:
    std::unique_ptr<Execution> start(const std::string& sql) {
        auto execution =
            compile(sql, catalog, session, {&control}, [this](const auto& name, const auto& value) {
                hooks.push_back(name + '=' + value);
            });
        execution->run();
        return execution;
    }
    void run(std::initializer_list<const char*> statements) {
        for (const char* sql : statements) {
            start(sql);
        }
    }
    // Rows as "a|b", NULL spelled out, in the form a client is sent.
    std::vector<std::string> rows(const std::string& sql) {
        const auto execution = start(sql);
        std::vector<std::string> out;
        Row row;
        while (execution->next(row)) {
            std::string line;
            for (std::size_t i = 0; i < row.size(); ++i) {
                line += i > 0 ? "|" : "";
                line += is_null(row[i]) ? "NULL" : display(row[i], execution->columns()[i].type);
            }
            out.push_back(std::move(line));
        }
        return out;
    }
    std::string row(const std::string& sql) {
        const auto all = rows(sql);
        return all.size() == 1 ? all.front() : std::to_string(all.size()) + " rows";
    }
    // Types as "int|decimal(10,2)".
    std::string types(const std::string& sql) {
        const auto execution = start(sql);
        std::string out;
        for (const ResultColumn& column : execution->columns()) {
            out += (out.empty() ? "" : "|") + to_string(column.type);
        }
        return out;
    }
    std::string names(const std::string& sql) {
        const auto execution = start(sql);
        std::string out;
        for (const ResultColumn& column : execution->columns()) {
            out += (out.empty() ? "" : "|") + column.name;
        }
        return out;
    }

    Catalog catalog{""};
    SessionState session{"tester"};
    RunControl control;
    std::vector<std::string> hooks;
};

}  // namespace sandbox
