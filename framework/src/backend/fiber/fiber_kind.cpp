#include "backend/fiber/fiber_loop.hpp"
#include "backend/fiber/fiber_parker.hpp"
#include "backend/task/task_id.hpp"

#include <cistern/fiber.hpp>

#include <boost/fiber/context.hpp>
#include <boost/fiber/fss.hpp>

namespace cistern {
namespace {

// Kept with the fiber, as a pointer to nothing: what a thread's first fiber keeps is not destroyed
// when the thread ends. Never destroyed itself, for a fiber may end after what is static.
const void* id_of_this_fiber() {
    static auto& ids = *new boost::fibers::fiber_specific_ptr<char>{[](char*) {}};
    if (ids.get() == nullptr) {
        ids.reset(static_cast<char*>(next_task_id()));
    }
    return ids.get();
}

class FiberKind final : public detail::TaskKind {
public:
    // A thread's first fiber is the thread itself, which then waits as fibers do: others of its
    // fibers, if it has any, go on meanwhile.
    [[nodiscard]] std::shared_ptr<Parker> this_task() override {
        // Null at the end of a thread, when what it kept for fibers is gone.
        const auto* const fiber = boost::fibers::context::active();
        return fiber == nullptr ? nullptr : std::make_shared<FiberParker>(id_of_this_fiber());
    }
    [[nodiscard]] std::unique_ptr<detail::TaskLoop> make_loop() override {
        return std::make_unique<FiberLoop>();
    }
};

}  // namespace

bool detail::know_fibers() noexcept {
    static FiberKind& kind = *new FiberKind;
    add_task_kind(BackendKind::kFiber, kind);
    return true;
}

}  // namespace cistern
