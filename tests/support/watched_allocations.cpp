// The program's allocations, which are counted, and of which one can be made to fail.

#include "support/watched_allocations.hpp"

#include <cstdlib>
#include <new>

namespace {

void note(std::size_t size) {
    using namespace cistern::test;
    if (is_scaffolding) {
        return;
    }
    ++allocations_made;
    std::size_t seen = largest_allocation;
    while (size > seen && !largest_allocation.compare_exchange_weak(seen, size)) {
    }
    if (allocations_left >= 0 && allocations_left-- == 0) {
        throw std::bad_alloc{};
    }
}

void* checked(void* memory) {
    return memory != nullptr ? memory : throw std::bad_alloc{};
}

void* allocate(std::size_t size) {
    note(size);
    return checked(std::malloc(size > 0 ? size : 1));
}

void* allocate(std::size_t size, std::align_val_t alignment) {
    note(size);
    const auto align = static_cast<std::size_t>(alignment);
    return checked(std::aligned_alloc(align, (size + align - 1) / align * align));
}

}  // namespace

void* operator new(std::size_t size) {
    return allocate(size);
}
void* operator new[](std::size_t size) {
    return allocate(size);
}
void* operator new(std::size_t size, std::align_val_t alignment) {
    return allocate(size, alignment);
}
void* operator new[](std::size_t size, std::align_val_t alignment) {
    return allocate(size, alignment);
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
    try {
        return allocate(size);
    } catch (const std::bad_alloc&) {
        return nullptr;
    }
}
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept {
    return operator new(size, std::nothrow);
}
void operator delete(void* memory) noexcept {
    std::free(memory);
}
void operator delete[](void* memory) noexcept {
    std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
    std::free(memory);
}
void operator delete[](void* memory, std::size_t) noexcept {
    std::free(memory);
}
void operator delete(void* memory, std::align_val_t) noexcept {
    std::free(memory);
}
void operator delete[](void* memory, std::align_val_t) noexcept {
    std::free(memory);
}
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept {
    std::free(memory);
}
void operator delete[](void* memory, std::size_t, std::align_val_t) noexcept {
    std::free(memory);
}
