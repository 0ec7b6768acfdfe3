#pragma once

// The list of connectors that a plugin hands over. Poco's own list drops the second of two that
// have the same name without a word; this one remembers it, so that the plugin can be refused.

#include <Poco/ClassLibrary.h>

#include <map>
#include <memory>
#include <string>
#include <typeinfo>
#include <vector>

namespace cistern {
class Connector;
}

template <>
class Poco::Manifest<cistern::Connector> : public Poco::ManifestBase {
public:
    using Meta = Poco::AbstractMetaObject<cistern::Connector>;
    using MetaMap = std::map<std::string, std::unique_ptr<const Meta>>;

    class Iterator : public MetaMap::const_iterator {
    public:
        Iterator(MetaMap::const_iterator at) : MetaMap::const_iterator{at} {}
        const Meta* operator*() const { return MetaMap::const_iterator::operator*().second.get(); }
        const Meta* operator->() const { return **this; }
    };

    [[nodiscard]] Iterator find(const std::string& name) const { return {entries_.find(name)}; }
    [[nodiscard]] Iterator begin() const { return {entries_.begin()}; }
    [[nodiscard]] Iterator end() const { return {entries_.end()}; }
    [[nodiscard]] bool empty() const { return entries_.empty(); }
    [[nodiscard]] int size() const { return static_cast<int>(entries_.size()); }

    // Takes `meta` over. False when its name was there already.
    bool insert(const Meta* meta) {
        std::unique_ptr<const Meta> owned{meta};
        const std::string name{owned->name()};
        const bool is_new = entries_.try_emplace(name, std::move(owned)).second;
        if (!is_new) {
            twice_.push_back(name);
        }
        return is_new;
    }
    // The names that were inserted more than once.
    [[nodiscard]] const std::vector<std::string>& twice() const noexcept { return twice_; }

    [[nodiscard]] const char* className() const override { return typeid(*this).name(); }

private:
    MetaMap entries_;
    std::vector<std::string> twice_;
};
