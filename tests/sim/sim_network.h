// A network for engines on a virtual clock: it delays, loses, repeats and reorders by a seed, and can hold NATs.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <variant>
#include <vector>

#include "crypto/random.h"
#include "dataplane/packet/address.h"
#include "dataplane/sa/types.h"
#include "ike/core/actions.h"

namespace esplane::sim {

using ike::TimePoint;
using std::chrono::milliseconds;

/// An ESP packet, reduced to what decides whether the other end can open it.
struct EspPacket {
    dataplane::Spi spi{};
    Bytes key;
    dataplane::Encapsulation encapsulation = dataplane::Encapsulation::kNone;
    std::uint64_t number = 0;  ///< of the payload, counted by the sender
};

struct Packet {
    Endpoint source;
    Endpoint destination;
    std::variant<Bytes, EspPacket> content;  ///< an IKE datagram, or ESP
};

struct Faults {
    double loss = 0;
    double repeat = 0;
    milliseconds delay{1};
    milliseconds jitter{0};  ///< above the delay: reorders
};

class Nat {
  public:
    Nat(IpAddress inside, IpAddress outside) : inside_(inside), outside_(outside) {}
    /// Rewrites a packet that leaves; one that the NAT does not concern stays as it is.
    void leave(Packet& packet);
    /// False when no mapping lets it in.
    bool enter(Packet& packet);
    /// A mapping that an operator has set up: this port, inside and outside.
    void forward(std::uint16_t port) { outside_of_[port] = inside_of_[port] = port; }
    /// Forgets its mappings and uses other ports from now on, as a rebooted NAT does.
    void reboot();
    bool hides(const IpAddress& address) const { return address == inside_; }
    bool owns(const IpAddress& address) const { return address == outside_; }

  private:
    IpAddress inside_;
    IpAddress outside_;
    std::uint16_t next_port_ = 40000;
    std::map<std::uint16_t, std::uint16_t> outside_of_;  ///< inside port to outside port
    std::map<std::uint16_t, std::uint16_t> inside_of_;
};

class Network {
  public:
    explicit Network(std::uint64_t seed) : random_(seed) {}

    Faults faults;
    std::vector<Nat> nats;
    /// Asked for every packet as it leaves; false drops it.
    std::function<bool(const Packet&)> filter;
    std::uint64_t datagrams_sent = 0;

    struct Delivery {
        milliseconds after;
        Packet packet;
    };
    /// What becomes of a packet: nothing, one delivery or two.
    std::vector<Delivery> transmit(Packet packet);
    /// At the end of its way; false when a NAT keeps it out.
    bool arrive(Packet& packet);

  private:
    bool happens(double probability);
    milliseconds travel_time();

    crypto::SeededRandom random_;
};

}  // namespace esplane::sim
