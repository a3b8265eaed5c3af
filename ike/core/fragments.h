// The fragments of one message that are there so far (RFC 7383 2.6). All have been verified, but who sent them may be a
// peer that has not said its name yet: what it can make us keep is bounded.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "ike/wire/codec.h"

namespace esplane::ike {

/// More than any message has, chains of certificates included.
inline constexpr std::size_t kLongestFragmented = 32'768;  ///< octets of all texts together
inline constexpr std::size_t kMostFragments = 128;

class Fragments {
  public:
    /// False for one that is of no use: that is there already, that is of an older cut of the message than those that
    /// are there, or one too many. The fragments of another message are forgotten.
    bool add(std::uint32_t message_id, wire::Fragment fragment);
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
};

}  // namespace esplane::ike
