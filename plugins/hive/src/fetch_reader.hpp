#pragma once

#include "arena.hpp"
#include "row_set.hpp"
#include "rpc.hpp"

#include <exception>
#include <utility>

namespace hive {

// Where the reply to one FetchResults goes: into the caller's batch when the caller waits for it,
// into a spare one when another call of the session made it arrive early.
//
// Thread safety:  none.
class FetchReader final : public ReplyReader {
public:
    enum class State { kIdle, kAsked, kArrived, kFailed };

    // While it lives, the reply goes to `batch`; without one, to the spare one.
    class Aim {
    public:
        Aim(FetchReader& reader, Batch& batch) noexcept : reader_{reader} {
            reader_.target_ = &batch;
        }
        Aim(const Aim&) = delete;
        Aim& operator=(const Aim&) = delete;
        ~Aim() { reader_.target_ = nullptr; }

    private:
        FetchReader& reader_;
    };

    [[nodiscard]] State state() const noexcept { return state_; }
    void asked() noexcept { state_ = State::kAsked; }
    void failed(std::exception_ptr error) noexcept override {
        error_ = std::move(error);
        state_ = State::kFailed;
    }

    // What has arrived, its rows in `batch`, still raw; throws what came instead.
    // REQUIRES: kArrived or kFailed
    [[nodiscard]] FetchReply take(Batch& batch) {
        if (std::exchange(state_, State::kIdle) == State::kFailed) {
            std::rethrow_exception(std::exchange(error_, nullptr));
        }
        if (is_spare_) {
            std::swap(batch, spare_);
        }
        return std::move(reply_);
    }

    [[nodiscard]] Arena* arena() override {
        prepare_batch(target());
        return target().arena.get();
    }
    void read(LimitedProtocol& protocol) override {
        is_spare_ = target_ == nullptr;
        read_fetch_reply(protocol, reply_, target());
        reply_.size = protocol.transport().reply_size();
        state_ = State::kArrived;
    }

private:
    [[nodiscard]] Batch& target() noexcept { return target_ != nullptr ? *target_ : spare_; }

    State state_ = State::kIdle;
    Batch* target_ = nullptr;
    Batch spare_;
    bool is_spare_ = false;
    FetchReply reply_;
    std::exception_ptr error_;
};

}  // namespace hive
