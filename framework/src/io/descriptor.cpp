#include "descriptor.hpp"

#include <unistd.h>

#include <cstddef>
#include <new>
#include <vector>

namespace cistern {
namespace {

constinit std::mutex table_mutex;
// Guarded by table_mutex; by number. Never destroyed: static objects may close theirs later.
constinit std::vector<bool>* noted = nullptr;

}  // namespace

std::unique_lock<std::mutex> ProcessDescriptors::lock() noexcept {
    return std::unique_lock{table_mutex};
}

void ProcessDescriptors::note(int descriptor) noexcept {
    try {
        if (noted == nullptr) {
            noted = new std::vector<bool>;
        }
        const auto number = static_cast<std::size_t>(descriptor);
        if (number >= noted->size()) {
            noted->resize(number + 1);
        }
        (*noted)[number] = true;
    } catch (const std::bad_alloc&) {
        // The header says what follows from it.
    }
}

void ProcessDescriptors::close(int descriptor) noexcept {
    const auto lock = ProcessDescriptors::lock();
    const auto number = static_cast<std::size_t>(descriptor);
    if (noted != nullptr && number < noted->size()) {
        (*noted)[number] = false;
    }
    // Linux has let go of the descriptor even when close() reports a signal.
    ::close(descriptor);
}

void ProcessDescriptors::hold() noexcept {
    table_mutex.lock();
}

void ProcessDescriptors::let_go() noexcept {
    table_mutex.unlock();
}

void ProcessDescriptors::close_inherited() noexcept {
    if (noted != nullptr) {
        for (std::size_t number = 0; number < noted->size(); ++number) {
            if ((*noted)[number]) {
                ::close(static_cast<int>(number));
            }
        }
        noted->clear();
    }
    ++generation_;
    table_mutex.unlock();
}

}  // namespace cistern
