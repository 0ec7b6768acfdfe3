#pragma once

#include <cistern/hive/types.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// A result built by hand, as a server would send it.
struct Result {
    std::vector<hive::ColumnInfo> columns;
    hive::Batch batch;

    // A column of texts; an empty optional is NULL.
    Result& texts(std::string name,
                  hive::Type type,
                  std::initializer_list<std::optional<std::string_view>> values) {
        hive::Texts texts;
        std::vector<bool> nulls;
        for (const auto& value : values) {
            texts.push_back(value.value_or(std::string_view{}));
            nulls.push_back(!value);
        }
        return add(std::move(name), type, std::move(texts), nulls);
    }
    Result& blobs(std::string name, std::initializer_list<std::optional<std::string_view>> values) {
        hive::Blobs blobs;
        std::vector<bool> nulls;
        for (const auto& value : values) {
            blobs.push_back(value.value_or(std::string_view{}));
            nulls.push_back(!value);
        }
        return add(std::move(name), hive::Type::kBinary, std::move(blobs), nulls);
    }
    template <class Number>
    Result& numbers(std::string name,
                    hive::Type type,
                    std::initializer_list<std::optional<Number>> values) {
        std::vector<Number> numbers;
        std::vector<bool> nulls;
        for (const auto& value : values) {
            numbers.push_back(value.value_or(Number{}));
            nulls.push_back(!value);
        }
        return add(std::move(name), type, std::move(numbers), nulls);
    }

private:
    template <class Values>
    Result& add(std::string name, hive::Type type, Values values, const std::vector<bool>& nulls) {
        hive::Column column;
        batch.rows = std::max<std::size_t>(batch.rows, values.size());
        column.values = std::move(values);
        column.nulls.resize((nulls.size() + 7) / 8);
        for (std::size_t i = 0; i < nulls.size(); ++i) {
            column.nulls[i / 8] |= static_cast<std::uint8_t>(nulls[i] ? 1U << (i % 8) : 0U);
        }
        columns.push_back({.name = std::move(name), .type = type, .comment = {}});
        batch.columns.push_back(std::move(column));
        return *this;
    }
};
