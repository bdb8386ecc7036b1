// A list whose links stand in its members, so that linking and unlinking cost no memory and
// can't fail.
#pragma once

#include <cassert>

namespace six {

/// What a class inherits to be in one such list at a time: `class Child : public
/// ListNode<Child>`. The list itself is a pointer to its first member. A member unlinks
/// itself when it is destroyed. Not thread-safe.
template <class T>
class ListNode {
  public:
    ListNode(const ListNode&) = delete;
    ListNode& operator=(const ListNode&) = delete;

  protected:
    ListNode() = default;
    ~ListNode() { unlink(); }

    void link(T*& first) noexcept {
        assert(place_ == nullptr);
        next_ = first;
        place_ = &first;
        if (next_ != nullptr) next_->place_ = &next_;
        first = static_cast<T*>(this);
    }
    void unlink() noexcept {
        if (place_ == nullptr) return;
        *place_ = next_;
        if (next_ != nullptr) next_->place_ = place_;
        place_ = nullptr;
    }

  private:
    T* next_ = nullptr;
    T** place_ = nullptr;  // the pointer that points to us; null: in no list
};

}  // namespace six
