#pragma once

#include <cassert>
#include <cstddef>

namespace cistern::core {

// The links that an element carries itself, so that queueing it allocates nothing and cannot fail.
template <class T>
struct ListHook {
    T* previous = nullptr;
    T* next = nullptr;
    const void* list = nullptr;  // the list it is in
};

// A list of elements that each carry a member `hook`; an element is in one list at most. Every
// operation but the caller's own walking takes constant time.
//
// Thread safety:  none.
// Ownership:      none; whoever owns an element takes it out before it dies.
template <class T>
class IntrusiveList {
public:
    IntrusiveList() = default;
    IntrusiveList(const IntrusiveList&) = delete;
    IntrusiveList& operator=(const IntrusiveList&) = delete;

    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] T* front() const noexcept { return front_; }
    [[nodiscard]] T* back() const noexcept { return back_; }
    [[nodiscard]] bool contains(const T& element) const noexcept {
        return element.hook.list == this;
    }

    void push_back(T& element) noexcept { insert_before(nullptr, element); }
    void push_front(T& element) noexcept { insert_before(front_, element); }
    // Before `place`, or at the end when there is none.
    // REQUIRES: `element` is in no list; `place` is in this one
    void insert_before(T* place, T& element) noexcept {
        assert(element.hook.list == nullptr && (place == nullptr || contains(*place)));
        T* const previous = place != nullptr ? place->hook.previous : back_;
        element.hook = {previous, place, this};
        (previous != nullptr ? previous->hook.next : front_) = &element;
        (place != nullptr ? place->hook.previous : back_) = &element;
        ++size_;
    }
    // REQUIRES: `element` is in this list
    void erase(T& element) noexcept {
        assert(contains(element));
        T* const previous = element.hook.previous;
        T* const next = element.hook.next;
        (previous != nullptr ? previous->hook.next : front_) = next;
        (next != nullptr ? next->hook.previous : back_) = previous;
        element.hook = {};
        --size_;
    }
    // The first one, taken out; null when there is none.
    T* pop_front() noexcept {
        T* const element = front_;
        if (element != nullptr) {
            erase(*element);
        }
        return element;
    }

private:
    T* front_ = nullptr;
    T* back_ = nullptr;
    std::size_t size_ = 0;
};

}  // namespace cistern::core
