#include "backend/thread/fork_registration.hpp"

#include "io/descriptor.hpp"

#include <pthread.h>

#include <mutex>
#include <system_error>

namespace cistern {
namespace {

constinit std::mutex mutex;
// Guarded by mutex.
constinit ForkRegistration* first = nullptr;

template <class Tell>
void tell_all(Tell tell) noexcept {
    for (const auto* told = first; told != nullptr; told = told->next()) {
        tell(told->listener());
    }
}

void before_fork() noexcept {
    mutex.lock();
    using enum ForkListener::Stage;
    for (const auto stage : {kOwn, kShared}) {
        tell_all([stage](ForkListener& listener) { listener.before_fork(stage); });
    }
    ProcessDescriptors::hold();
}

void after_fork_in_parent() noexcept {
    ProcessDescriptors::let_go();
    tell_all([](ForkListener& listener) { listener.after_fork_in_parent(); });
    mutex.unlock();
}

void after_fork_in_child() noexcept {
    ProcessDescriptors::close_inherited();
    tell_all([](ForkListener& listener) { listener.after_fork_in_child(); });
    mutex.unlock();
}

// As the library is loaded, not at the first use: a fork in the middle of a first use would leave
// the child with a guard that nobody lets go of.
const int failure = ::pthread_atfork(&before_fork, &after_fork_in_parent, &after_fork_in_child);

}  // namespace

ForkRegistration::ForkRegistration(ForkListener& listener) : listener_{listener} {
    if (failure != 0) {
        throw std::system_error{failure, std::generic_category(), "pthread_atfork"};
    }
    const std::lock_guard lock{mutex};
    next_ = first;
    if (first != nullptr) {
        first->previous_ = this;
    }
    first = this;
}

ForkRegistration::~ForkRegistration() {
    const std::lock_guard lock{mutex};
    (previous_ != nullptr ? previous_->next_ : first) = next_;
    if (next_ != nullptr) {
        next_->previous_ = previous_;
    }
}

}  // namespace cistern
