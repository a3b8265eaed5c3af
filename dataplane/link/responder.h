// What a port says for itself on its link: who has its addresses (ARP, IPv6 neighbour discovery), that it is there
// (echo), and questions of its own. What others say goes into the neighbour table.
//
// Router advertisements and redirects are not followed: the operator says which way packets go.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "dataplane/dpdk/options.h"
#include "dataplane/link/arp.h"
#include "dataplane/link/ethernet.h"
#include "dataplane/link/neighbour_discovery.h"
#include "dataplane/link/neighbour_table.h"
#include "dataplane/packet/token_bucket.h"
#include "dataplane/sa/counter.h"

namespace esplane::dataplane {

/// Octets that a question fits, and a reply to any frame but echo.
inline constexpr std::size_t kLongestLinkFrame = kLongestNeighbourFrame;
static_assert(kLongestLinkFrame >= kLongestArpFrame);

/// Another station with an address of ours.
struct DuplicateAddress {
    IpAddress address;
    MacAddress mac;
};

/// Read by any thread.
struct LinkCounters {
    Counter answered;    ///< questions about our addresses
    Counter echoes;      ///< echo requests that got their reply
    Counter malformed;   ///< ARP, neighbour discovery and echo that are not valid
    Counter foreign;     ///< frames of another VLAN, or to or from a station that cannot be
    Counter throttled;   ///< valid, and too many to be answered
    Counter duplicates;  ///< frames that claim an address of ours for another station
};

/// One for each port and worker: what they share is the table.
class LinkResponder {
  public:
    enum class Verdict : std::uint8_t {
        kNotOurs,  ///< nothing for this layer; the frame is as it was
        kDone,     ///< dealt with, there is nothing to send
        kReply,    ///< the reply is where the frame was
    };
    struct Outcome {
        Verdict verdict = Verdict::kNotOurs;
        std::uint32_t length = 0;  ///< octets of the reply, a whole frame
        /// To be told to the operator: not every time one is seen, but at once and then every kBetweenReports.
        std::optional<DuplicateAddress> duplicate;
    };
    static constexpr std::chrono::seconds kBetweenReports{10};  ///< RFC 5227 2.4: DEFEND_INTERVAL

    /// `table` outlives this.
    LinkResponder(PortNumber port, const MacAddress& mac, const PortOptions& options, NeighbourTable& table);

    /// Takes any frame that the port received, and deals with ARP, with neighbour discovery and with echo requests to
    /// our addresses. Behind the frame there is memory up to `room` octets from its beginning, for a reply that is
    /// longer than the question: at least kLongestLinkFrame, or there is no reply.
    Outcome handle(MutableByteView frame, std::size_t room, TimePoint now);

    /// Writes the frame that asks who has `address`, from an address of ours on the same prefix if there is one, and
    /// returns its length, at most kLongestLinkFrame; 0 when the port has no address of that family.
    std::uint32_t write_question(const IpAddress& address, const std::optional<MacAddress>& known_mac,
                                 std::uint8_t* to) const;

    /// Writes the frame that tells everybody on the link that `own`, an address of ours, is here, whatever they knew
    /// before (RFC 5227 2.3, RFC 4861 7.2.6), and returns its length, at most kLongestLinkFrame.
    std::uint32_t write_announcement(const IpAddress& own, std::uint8_t* to) const;

    const LinkCounters& counters() const { return counters_; }

  private:
    struct Frame {
        EthernetHeader header;
        MutableByteView octets;
        std::size_t room;

        MutableByteView payload() const { return octets.subspan(header.length); }
        bool has_room() const { return room >= kLongestLinkFrame; }
    };

    bool is_for_us(const EthernetHeader& header) const;
    bool is_own(const IpAddress& address) const;
    bool is_on_link(const IpAddress& address) const;

    Outcome handle_arp(const Frame& frame, TimePoint now);
    Outcome handle_ipv6(const Frame& frame, TimePoint now);
    Outcome handle_discovery(const Frame& frame, DiscoveryType type, TimePoint now);
    Outcome handle_solicitation(const Frame& frame, const NeighbourSolicitation& message, TimePoint now);
    Outcome handle_advertisement(const NeighbourAdvertisement& message, TimePoint now);
    Outcome handle_echo(const Frame& frame, TimePoint now);
    Heard heard_in(const ArpPacket& packet, const EthernetHeader& header) const;
    bool may_answer(const Frame& frame, TimePoint now);
    Outcome malformed();
    Outcome duplicate(const IpAddress& address, const MacAddress& mac, TimePoint now);

    PortNumber port_;
    Station station_;
    std::vector<PortAddress> addresses_;
    NeighbourTable& table_;
    LinkCounters counters_;
    TokenBucket answers_;
    TokenBucket echoes_;
    TokenBucket reports_;
};

}  // namespace esplane::dataplane
