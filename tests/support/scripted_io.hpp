#pragma once

#include "support/scripted_stream.hpp"

#include <cistern/stream.hpp>

#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace cistern::test {

// An IoContext whose connects end as prepared, in order; one that nothing was prepared for is
// refused.
//
//     ScriptedIo io;
//     auto script = io.will_connect();
//     script->sends("+PONG\r\n");
//     auto connection = connector.connect(io, conf, io.clock().deadline_after(1s));
//     CHECK(script->written() == "PING\r\n");
//
// Thread safety:  connecting and asked_for() may be called by any number of threads at once.
class ScriptedIo final : public IoContext {
public:
    // The next connect gives a stream that follows the script returned here.
    std::shared_ptr<StreamScript> will_connect();
    // The next connect throws ConnectError with this text.
    void will_refuse(std::string why);
    // The next connect lasts until its deadline and throws DeadlineExceeded.
    void will_hang();

    std::unique_ptr<Stream> connect_tcp(const Endpoint& to, Deadline deadline) override;
    std::unique_ptr<Stream> connect_unix(const std::string& path, Deadline deadline) override;
    [[nodiscard]] const Clock& clock() const noexcept override { return *clock_; }
    // Moves the clock.
    void sleep_until(Deadline deadline) override { clock_->advance_to(deadline); }
    [[nodiscard]] double random() noexcept override { return chance_; }

    [[nodiscard]] ManualClock& manual_clock() noexcept { return *clock_; }
    // What random() gives from now on; zero at first.
    void set_chance(double chance) noexcept { chance_ = chance; }
    // What was connected to, in order: "db1:6379", "unix:/run/x.sock".
    [[nodiscard]] std::vector<std::string> asked_for() const;

private:
    struct Prepared {
        std::shared_ptr<StreamScript> script;  // null: the connect fails
        std::string refusal;                   // empty: it hangs
    };

    std::unique_ptr<Stream> connect(std::string to, Deadline deadline);

    const std::shared_ptr<ManualClock> clock_ = std::make_shared<ManualClock>();
    mutable std::mutex mutex_;
    std::deque<Prepared> prepared_;
    std::vector<std::string> asked_for_;
    double chance_ = 0.0;
};

}  // namespace cistern::test
