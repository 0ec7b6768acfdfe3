// A server of ZooKeeper's side of a lookup: its greeting, the list of a node's children, what they
// hold. What comes of it must not depend on where the network cuts the bytes, and be bounded by
// them.

#include "cut_stream.hpp"
#include "fuzz_target.hpp"
#include "registered_instance.hpp"
#include "zookeeper_session.hpp"

#include <cistern/error.hpp>

#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using namespace cistern::fuzz;

constexpr std::size_t kMostAsked = 4;

struct Outcome {
    std::string found;  // names, and where instances listen
    std::string error;

    friend bool operator==(const Outcome&, const Outcome&) = default;
};

Outcome outcome_of(std::string_view input, std::function<std::size_t()> piece) {
    Outcome outcome;
    const auto deadline = cistern::Deadline::never();
    try {
        hive::ZooKeeperSession session{std::make_unique<CutStream>(input, std::move(piece)),
                                       deadline};
        const auto names = session.children("/node", deadline).value_or(std::vector<std::string>{});
        std::vector<std::string> paths;
        for (const auto& name : names) {
            outcome.found += name + '\n';
            if (paths.size() < kMostAsked) {
                paths.push_back("/node/" + name);
            }
        }
        const auto data = session.data(paths, deadline);
        require(data.size() == paths.size(), "not as many answers as questions");
        for (std::size_t at = 0; at < data.size(); ++at) {
            const auto instance = hive::read_registered_instance(names[at], data[at].value_or(""));
            outcome.found += instance ? to_string(instance->address) + '\n' : "none\n";
            if (instance) {
                static_cast<void>(hive::session_keys_of(*instance));
            }
        }
        session.close(deadline);
    } catch (const cistern::Error& error) {
        outcome.error = error.what();
    }
    return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto input = text_of(data, size);
    const auto outcome = outcome_of(input, [] { return std::numeric_limits<std::size_t>::max(); });
    require(outcome == outcome_of(input, [] { return std::size_t{1}; }),
            "byte by byte it comes out otherwise");
    Pieces pieces{input};
    require(outcome == outcome_of(input, [&] { return pieces.next(100); }),
            "in pieces it comes out otherwise");
    return 0;
}
