#pragma once

#include "io/descriptor.hpp"

#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace cistern::test {

// A name server on a UDP port of 127.0.0.1 that knows IPv4 addresses of a few names; all others are
// unknown to it.
//
// Thread safety:  every member may be called by any number of threads at once.
class DnsServer {
public:
    // Instead of an address: no answer at all, or one that says the server has failed.
    static constexpr auto kSilent = "silent";
    static constexpr auto kFails = "fails";
    using Answers = std::map<std::string, std::vector<std::string>>;

    explicit DnsServer(Answers answers);
    DnsServer(const DnsServer&) = delete;
    DnsServer& operator=(const DnsServer&) = delete;
    ~DnsServer();

    [[nodiscard]] std::string address() const { return "127.0.0.1:" + std::to_string(port_); }
    [[nodiscard]] int questions() const noexcept { return questions_; }
    void set(Answers answers);

private:
    void serve();
    // Empty: nothing is sent.
    [[nodiscard]] std::string answer_to(const std::string& query) const;

    mutable std::mutex mutex_;
    Answers answers_;
    std::atomic<int> questions_{0};
    std::atomic<bool> is_ending_{false};
    Descriptor socket_;
    std::uint16_t port_ = 0;
    std::thread thread_;
};

}  // namespace cistern::test
