#pragma once

#include <cstddef>

// What the sanitizers must be told when a thread changes its stack; nothing in other builds.

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif
#if defined(__SANITIZE_THREAD__)
#include <sanitizer/tsan_interface.h>
#endif

namespace cistern::sanitizers {

inline void stack_is_fresh([[maybe_unused]] const void* bottom, [[maybe_unused]] std::size_t size) {
#if defined(__SANITIZE_ADDRESS__)
    ASAN_UNPOISON_MEMORY_REGION(bottom, size);
#endif
}

// One stack as the sanitizers know it.
struct Stack {
    void* fake = nullptr;
    const void* bottom = nullptr;
    std::size_t size = 0;
    void* fiber = nullptr;
};

// Just before `from` is left for `to`; `for_good` when it will not be come back to.
inline void before_switch([[maybe_unused]] Stack& from,
                          [[maybe_unused]] const Stack& to,
                          [[maybe_unused]] bool for_good) {
#if defined(__SANITIZE_ADDRESS__)
    __sanitizer_start_switch_fiber(for_good ? nullptr : &from.fake, to.bottom, to.size);
#endif
#if defined(__SANITIZE_THREAD__)
    from.fiber = __tsan_get_current_fiber();
    __tsan_switch_to_fiber(to.fiber, 0);
#endif
}

// Just after `self` was come (back) to; fills in where it came from.
inline void after_switch([[maybe_unused]] const Stack& self, [[maybe_unused]] Stack& from) {
#if defined(__SANITIZE_ADDRESS__)
    __sanitizer_finish_switch_fiber(self.fake, &from.bottom, &from.size);
#endif
}

inline void make_fiber([[maybe_unused]] Stack& stack) {
#if defined(__SANITIZE_THREAD__)
    stack.fiber = __tsan_create_fiber(0);
#endif
}

inline void destroy_fiber([[maybe_unused]] Stack& stack) {
#if defined(__SANITIZE_THREAD__)
    __tsan_destroy_fiber(stack.fiber);
#endif
}

}  // namespace cistern::sanitizers
