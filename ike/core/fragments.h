// The fragments of one message that are there so far (RFC 7383 2.6). All have been verified, but who sent them may be a
// peer that has not said its name yet: what it can make us keep is bounded, and what all such peers can, too.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "ike/wire/codec.h"

namespace esplane::ike {

/// More than any message has, chains of certificates included.
inline constexpr std::size_t kLongestFragmented = 32'768;  ///< octets of all texts together
inline constexpr std::size_t kMostFragments = 128;

/// Octets that several may keep together. Outlives whoever has taken of it.
class FragmentAllowance {
  public:
    explicit FragmentAllowance(std::size_t octets) : left_(octets) {}
    std::size_t left() const { return left_; }

    /// What one has taken: given back with its end.
    class Share {
      public:
        Share() = default;
        Share(Share&& other) noexcept
            : from_(std::exchange(other.from_, nullptr)), octets_(std::exchange(other.octets_, 0)) {}
        Share& operator=(Share&& other) noexcept {
            std::swap(from_, other.from_);
            std::swap(octets_, other.octets_);
            return *this;
        }
        ~Share() {
            if (from_ != nullptr) from_->left_ += octets_;
        }
        /// False when there is not so much left. Always of the same allowance.
        bool grow(FragmentAllowance& from, std::size_t octets) {
            if (octets > from.left_) return false;
            from_ = &from;
            from_->left_ -= octets;
            octets_ += octets;
            return true;
        }

      private:
        FragmentAllowance* from_ = nullptr;
        std::size_t octets_ = 0;
    };

  private:
    std::size_t left_;
};

class Fragments {
  public:
    /// False for one that is of no use: that is there already, that is of an older cut of the message than those that
    /// are there, one too many, or more than is left of `allowance` (null: no limit besides its own). The fragments of
    /// another message are forgotten.
    bool add(std::uint32_t message_id, wire::Fragment fragment, FragmentAllowance* allowance = nullptr);
    bool are_complete() const { return total_ > 0 && present_ == total_; }
    /// The message of which all fragments are there. None is afterwards.
    wire::Fragment join();
    void forget() { *this = Fragments(); }

  private:
    void begin(std::uint32_t message_id, std::uint16_t total);

    std::uint32_t message_id_ = 0;
    std::size_t total_ = 0;
    std::size_t present_ = 0;
    std::size_t octets_ = 0;
    wire::PayloadType first_payload_ = wire::PayloadType::kNone;
    std::vector<std::optional<Bytes>> texts_;  // by number, from 0
    FragmentAllowance::Share share_;
};

}  // namespace esplane::ike
