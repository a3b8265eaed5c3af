// Room for one value for each packet of a batch, made only when it is needed: an array of them would be cleared for the
// whole batch, each time.
#pragma once

#include <cstddef>
#include <memory>
#include <new>
#include <span>
#include <type_traits>
#include <utility>

#include "dataplane/packet/descriptor.h"

namespace esplane::dataplane {

template <typename T>
class Scratch {
    static_assert(std::is_trivially_destructible_v<T>);

  public:
    /// Of index `at`. Those before it must have been made, for first() to give them out.
    template <typename... Arguments>
    T& make(std::size_t at, Arguments&&... arguments) {
        return *::new (static_cast<void*>(room_ + at * sizeof(T))) T{std::forward<Arguments>(arguments)...};
    }
    std::span<T> first(std::size_t count) { return {std::launder(reinterpret_cast<T*>(room_)), count}; }

  private:
    alignas(T) std::byte room_[kBurst * sizeof(T)];
};

}  // namespace esplane::dataplane
