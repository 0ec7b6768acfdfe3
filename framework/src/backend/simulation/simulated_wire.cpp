#include "backend/simulation/simulated_wire.hpp"

#include <algorithm>
#include <utility>

namespace cistern::simulation {

SimulatedWire::SimulatedWire(Scheduler& scheduler,
                             std::uint64_t number,
                             WireFaults faults,
                             std::weak_ptr<Server> server) noexcept
    : scheduler_{scheduler}, number_{number}, faults_{faults}, server_{std::move(server)} {}

// -- Towards the client ---------------------------------------------------------------------------

void SimulatedWire::send_to_client(std::string_view bytes, std::chrono::nanoseconds delay) {
    const auto end = std::min({faults_.reset_at, faults_.close_at, faults_.vanish_at});
    const auto room = end > bytes_sent_ ? end - bytes_sent_ : 0;
    const auto passing =
        bytes.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(room, bytes.size())));
    bytes_sent_ += passing.size();
    if (faults_.drip > std::chrono::nanoseconds::zero()) {
        for (const char byte : passing) {
            post_to_client({Kind::kBytes, std::string{byte}}, delay + faults_.drip);
        }
    } else if (!passing.empty()) {
        post_to_client({Kind::kBytes, std::string{passing}}, delay);
    }
    if (passing.size() == bytes.size()) {
        return;
    }
    if (end == faults_.vanish_at) {
        vanish();
    } else if (end == faults_.reset_at) {
        reset_to_client();
    } else {
        close_to_client();
    }
}

void SimulatedWire::close_to_client() {
    if (!std::exchange(has_server_closed_, true)) {
        post_to_client({Kind::kClose, {}}, {});
    }
}

void SimulatedWire::reset_to_client() {
    has_server_closed_ = true;
    post_to_client({Kind::kReset, {}}, {});
}

// Nothing overtakes what was sent before it.
void SimulatedWire::post_to_client(Parcel parcel, std::chrono::nanoseconds delay) {
    if (is_vanished_ && parcel.kind != Kind::kReset) {
        return;
    }
    const auto soonest = std::max(scheduler_.now() + faults_.latency, last_arrival_);
    last_arrival_ = soonest + delay;
    under_way_.push_back(std::move(parcel));
    scheduler_.at(last_arrival_, [self = shared_from_this()] { self->arrive_at_client(); });
}

void SimulatedWire::arrive_at_client() {
    const auto parcel = std::move(under_way_.front());
    under_way_.pop_front();
    if (is_reset_ || is_client_closed_ || (is_vanished_ && parcel.kind != Kind::kReset)) {
        return;
    }
    switch (parcel.kind) {
        case Kind::kBytes:
            arrived_ += parcel.bytes;
            break;
        case Kind::kClose:
            is_peer_closed_ = true;
            break;
        case Kind::kReset:
            is_reset_ = true;
            arrived_.clear();
            break;
    }
    scheduler_.note("arrive", number_);
    wake_reader();
}

void SimulatedWire::wake_reader() noexcept {
    if (reader_ != nullptr) {
        scheduler_.wake(*reader_);
    }
}

std::size_t SimulatedWire::take(char* buffer, std::size_t size) {
    const auto most = std::min(size, arrived_.size());
    // Chunks end anywhere.
    const auto taken = scheduler_.random().percent(50) ? most : scheduler_.random().below(most) + 1;
    std::copy_n(arrived_.data(), taken, buffer);
    arrived_.erase(0, taken);
    return taken;
}

// -- Towards the server ---------------------------------------------------------------------------

void SimulatedWire::send_to_server(std::string_view bytes) {
    if (is_vanished_ && !is_forgotten_) {
        return;
    }
    if (is_forgotten_ || has_server_closed_) {
        reset_to_client();
        return;
    }
    to_server_.emplace_back(bytes);
    last_arrival_at_server_ = std::max(scheduler_.now() + faults_.latency, last_arrival_at_server_);
    scheduler_.at(last_arrival_at_server_, [self = shared_from_this()] {
        const auto arrived = std::move(self->to_server_.front());
        self->to_server_.pop_front();
        const auto server = self->server_.lock();
        if (server != nullptr && !self->is_vanished_ && !self->has_server_closed_) {
            server->on_bytes(*self, arrived);
        }
    });
}

void SimulatedWire::close_to_server() {
    if (std::exchange(is_client_closed_, true)) {
        return;
    }
    if (const auto server = server_.lock()) {
        server->on_client_closed(*this);
    }
}

}  // namespace cistern::simulation
