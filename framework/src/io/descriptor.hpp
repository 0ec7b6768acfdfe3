#pragma once

#include <cstdint>
#include <mutex>
#include <utility>

namespace cistern {

// What all descriptors have in common: those of this process are counted up in one place, so that a
// child of fork() can let go of its parent's at once. If it kept them, a server would not notice
// that the parent has closed a connection.
//
// The child closes them by close() and nothing else. That only takes back its own reference: the
// conversation goes on as if nothing had happened, and so does what the parent's epoll watches.
//
// Thread safety:  every function may be called by any number of threads at once, save those for
//                 fork(). One lock guards it all, a leaf: under it descriptors are opened and
//                 closed, so that the child finds neither one that is not noted nor one that is
//                 noted and belongs to somebody else by now.
class ProcessDescriptors {
public:
    [[nodiscard]] static std::unique_lock<std::mutex> lock() noexcept;
    // REQUIRES: the lock is held. Without memory it goes unnoted, and a child keeps it open.
    static void note(int descriptor) noexcept;
    static void close(int descriptor) noexcept;  // takes the lock; for one that is noted

    // How many times the process and its ancestors came out of a fork() as the child.
    [[nodiscard]] static std::uint32_t generation() noexcept { return generation_; }

    // -- For fork(), by the thread that calls it --------------------------------------------------
    static void hold() noexcept;
    static void let_go() noexcept;
    // In the child, instead of let_go().
    static void close_inherited() noexcept;

private:
    static inline constinit std::uint32_t generation_ = 0;
};

// Owns one file descriptor. In a child of fork() one that was opened before is closed already and
// stands for nothing, whoever still uses it.
class Descriptor {
public:
    Descriptor() = default;
    explicit Descriptor(int descriptor) noexcept : descriptor_{descriptor} {
        if (is_open()) {
            const auto lock = ProcessDescriptors::lock();
            ProcessDescriptors::note(descriptor_);
        }
    }
    // Owns what `open()` returns; no fork() comes in between.
    template <class Open>
    [[nodiscard]] static Descriptor from(Open open) noexcept {
        const auto lock = ProcessDescriptors::lock();
        Descriptor opened;
        opened.descriptor_ = open();
        if (opened.is_open()) {
            ProcessDescriptors::note(opened.descriptor_);
        }
        return opened;
    }
    Descriptor(Descriptor&& other) noexcept
        : descriptor_{std::exchange(other.descriptor_, -1)}, generation_{other.generation_} {}
    Descriptor& operator=(Descriptor&& other) noexcept {
        Descriptor{std::move(other)}.swap(*this);
        return *this;
    }
    ~Descriptor() {
        if (is_open()) {
            ProcessDescriptors::close(descriptor_);
        }
    }

    // -1 when there is none.
    [[nodiscard]] int get() const noexcept { return is_inherited() ? -1 : descriptor_; }
    [[nodiscard]] bool is_open() const noexcept { return get() >= 0; }
    // Opened by a parent process.
    [[nodiscard]] bool is_inherited() const noexcept {
        return generation_ != ProcessDescriptors::generation();
    }
    void swap(Descriptor& other) noexcept {
        std::swap(descriptor_, other.descriptor_);
        std::swap(generation_, other.generation_);
    }

private:
    int descriptor_ = -1;
    std::uint32_t generation_ = ProcessDescriptors::generation();
};

}  // namespace cistern
