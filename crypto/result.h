// A value or an error: std::expected's small stand-in for C++20.
#pragma once

#include <cstdlib>
#include <optional>
#include <utility>
#include <variant>

namespace esplane {

/// Wraps an error so that Result<T, E> can be built from it even when T and E convert into each other.
template <typename E>
struct Failure {
    E error;
};

template <typename E>
Failure(E) -> Failure<E>;

template <typename T, typename E>
class [[nodiscard]] Result {
  public:
    Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}  // NOLINT(google-explicit-constructor)
    template <typename F>
    Result(Failure<F> failure)  // NOLINT(google-explicit-constructor)
        : state_(std::in_place_index<1>, E(std::move(failure.error))) {}

    bool ok() const { return state_.index() == 0; }
    explicit operator bool() const { return ok(); }

    /// Reading the wrong side is a programming error and aborts, in release builds too.
    T& value() & { return checked<0>(state_); }
    const T& value() const& { return checked<0>(state_); }
    T&& value() && { return std::move(checked<0>(state_)); }
    const E& error() const& { return checked<1>(state_); }
    E&& error() && { return std::move(checked<1>(state_)); }

    T& operator*() & { return value(); }
    const T& operator*() const& { return value(); }
    T&& operator*() && { return std::move(*this).value(); }
    T* operator->() { return &value(); }
    const T* operator->() const { return &value(); }

  private:
    template <std::size_t I, typename State>
    static auto& checked(State& state) {
        auto* held = std::get_if<I>(&state);
        if (held == nullptr) std::abort();
        return *held;
    }
    std::variant<T, E> state_;
};

/// The result of an act that yields nothing.
template <typename E>
class [[nodiscard]] Result<void, E> {
  public:
    Result() = default;
    template <typename F>
    Result(Failure<F> failure) : error_(E(std::move(failure.error))) {}  // NOLINT(google-explicit-constructor)

    bool ok() const { return !error_.has_value(); }
    explicit operator bool() const { return ok(); }
    const E& error() const& {
        if (ok()) std::abort();
        return *error_;
    }

  private:
    std::optional<E> error_;
};

}  // namespace esplane
