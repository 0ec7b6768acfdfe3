#include "counted_memory.hpp"

#include <malloc.h>

#include <atomic>
#include <cstdlib>
#include <new>

namespace {

std::atomic<long> live{0};

void* counted_allocation(std::size_t size) {
    void* const memory = std::malloc(size);
    if (memory == nullptr) {
        throw std::bad_alloc{};
    }
    live.fetch_add(static_cast<long>(::malloc_usable_size(memory)), std::memory_order_relaxed);
    return memory;
}

void counted_end(void* memory) noexcept {
    live.fetch_sub(static_cast<long>(::malloc_usable_size(memory)), std::memory_order_relaxed);
    std::free(memory);
}

}  // namespace

void* operator new(std::size_t size) {
    return counted_allocation(size);
}
void* operator new[](std::size_t size) {
    return counted_allocation(size);
}
void operator delete(void* memory) noexcept {
    counted_end(memory);
}
void operator delete[](void* memory) noexcept {
    counted_end(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
    counted_end(memory);
}
void operator delete[](void* memory, std::size_t) noexcept {
    counted_end(memory);
}

namespace cistern::bench {

long live_bytes() noexcept {
    return live.load(std::memory_order_relaxed);
}

}  // namespace cistern::bench
