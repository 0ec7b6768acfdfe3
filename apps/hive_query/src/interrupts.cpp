#include "interrupts.hpp"

#include "exit_status.hpp"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <exception>
#include <string>

namespace hive_query {
namespace {

[[nodiscard]] bool is_ignored(int signal) noexcept {
    struct sigaction found {};
    return ::sigaction(signal, nullptr, &found) == 0 && found.sa_handler == SIG_IGN;
}

}  // namespace

Interrupts::Interrupts(Messages& messages) : messages_{messages} {
    if (is_ignored(SIGINT)) {
        return;
    }
    sigset_t interrupt{};
    sigemptyset(&interrupt);
    sigaddset(&interrupt, SIGINT);
    pthread_sigmask(SIG_BLOCK, &interrupt, &mask_before_);
    signals_ = ::signalfd(-1, &interrupt, SFD_CLOEXEC);
    wake_ = ::eventfd(0, EFD_CLOEXEC);
    listener_ = std::jthread{[this](const std::stop_token& stop) { listen(stop); }};
}

Interrupts::~Interrupts() {
    if (listener_.joinable()) {
        listener_.request_stop();
        const std::uint64_t one = 1;
        (void)!::write(wake_, &one, sizeof one);
        listener_.join();
    }
    if (canceller_.joinable()) {
        canceller_.join();
    }
    if (signals_ >= 0) {
        ::close(signals_);
        ::close(wake_);
        pthread_sigmask(SIG_SETMASK, &mask_before_, nullptr);
    }
}

void Interrupts::listen(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
        std::array<pollfd, 2> watched{pollfd{signals_, POLLIN, 0}, pollfd{wake_, POLLIN, 0}};
        const bool is_ready = ::poll(watched.data(), watched.size(), -1) > 0;
        signalfd_siginfo signal{};
        if (is_ready && (watched[0].revents & POLLIN) != 0 &&
            ::read(signals_, &signal, sizeof signal) == static_cast<ssize_t>(sizeof signal)) {
            on_signal();
        }
    }
}

// Cancelling may take as long as the server likes, so it has a thread of its own: the second signal
// must find this one listening.
void Interrupts::on_signal() {
    switch (turn()) {
        case Turn::kCancel:
            messages_.note("Cancelling... (Ctrl-C again leaves at once)");
            canceller_ = std::jthread{[this] { cancel_all(); }};
            return;
        case Turn::kStay:
            return;
        case Turn::kLeave:
            messages_.clear_status();
            ::_exit(kInterrupted);
    }
}

// Under the lock, so that a statement is either among the running ones or sees the request.
Interrupts::Turn Interrupts::turn() {
    // Before the lock, which a cancel holds for as long as the server ponders it.
    if (is_cancelling_) {
        return Turn::kLeave;
    }
    const std::lock_guard lock{mutex_};
    requested_ = true;
    changed_.notify_all();
    if (running_.empty()) {
        return stays_ ? Turn::kStay : Turn::kLeave;
    }
    is_cancelling_ = true;
    return Turn::kCancel;
}

void Interrupts::rearm() {
    const std::lock_guard lock{mutex_};
    requested_ = false;
    is_cancelling_ = false;
}

void Interrupts::pause(std::chrono::nanoseconds duration) {
    std::unique_lock lock{mutex_};
    changed_.wait_for(lock, duration, [this] { return requested(); });
}

void Interrupts::cancel_all() {
    const std::lock_guard lock{mutex_};
    for (Watch* const watch : running_) {
        watch->cancel();
    }
}

Interrupts::Watch::Watch(Interrupts& interrupts) : interrupts_{interrupts} {
    const std::lock_guard lock{interrupts_.mutex_};
    interrupts_.running_.push_back(this);
}

Interrupts::Watch::~Watch() {
    const std::lock_guard lock{interrupts_.mutex_};
    auto& running = interrupts_.running_;
    running.erase(std::find(running.begin(), running.end(), this));
}

void Interrupts::Watch::began(hive::Operation& operation) {
    const std::lock_guard lock{interrupts_.mutex_};
    operation_ = &operation;
    if (interrupts_.requested()) {
        cancel();
    }
}

// Called under the lock, which keeps the operation alive meanwhile.
void Interrupts::Watch::cancel() {
    if (operation_ == nullptr || is_cancelled_) {
        return;
    }
    is_cancelled_ = true;
    try {
        operation_->cancel();
    } catch (const std::exception& error) {
        interrupts_.messages_.error(std::string{"could not cancel: "} + error.what());
    }
}

}  // namespace hive_query
