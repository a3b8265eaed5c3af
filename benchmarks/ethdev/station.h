// A port of DPDK's as generator and sink see it. It is a station on its link: it says who has its addresses, answers
// echo, and finds the router's MAC address, so that a gateway needs nothing special before it.
#pragma once

#include <chrono>
#include <memory>
#include <span>

#include "benchmarks/generate/port.h"
#include "dataplane/dpdk/port.h"
#include "dataplane/dpdk/tick.h"
#include "dataplane/link/neighbour_table.h"
#include "dataplane/link/responder.h"

struct rte_mbuf;

namespace esplane::bench::ethdev {

/// A generate::Port. One thread.
class Station {
  public:
    /// Opens the device; throws std::runtime_error that says what is wrong with it. `pools` outlives the station.
    Station(const dataplane::PortOptions& options, dataplane::Pools& pools);

    const dataplane::MacAddress& mac() const { return port_.setup().mac; }
    bool is_up() const { return port_.is_up(); }
    /// Asks on the link who has this address. Throws std::runtime_error if nobody says so in time.
    dataplane::MacAddress find(const IpAddress& address, std::chrono::seconds patience);
    /// Tells the link who has our addresses: whoever had them before, a generator before this one, may have had another
    /// MAC address.
    void announce();
    std::size_t lend(std::span<generate::Frame> frames);
    /// Also looks now and then whether somebody asks for us.
    std::size_t send(std::span<generate::Frame> frames);
    /// Without what was for the station itself.
    std::size_t receive(std::span<generate::Frame> frames);
    void give_back(std::span<generate::Frame> frames);

  private:
    static constexpr std::chrono::milliseconds kBetweenLooks{10};

    void look_around();
    void ask(const IpAddress& address);
    bool is_for_station(rte_mbuf* buffer);
    /// A frame that `write(to)` makes; it returns the length.
    template <typename Write>
    void transmit_written(Write write);
    void transmit(rte_mbuf* buffer);

    rte_mempool* pool_;
    dataplane::Port port_;
    dataplane::NeighbourTable neighbours_{{}};
    dataplane::LinkResponder responder_;
    dataplane::Tick look_{kBetweenLooks};
};

}  // namespace esplane::bench::ethdev
