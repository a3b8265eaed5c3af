// Which worker's sockets get what arrives.
#include <catch2/catch.hpp>
#include <memory>

#include "crypto/random.h"
#include "dataplane/io/tun.h"
#include "tests/unit/dataplane/io/loopback.h"

namespace esplane::dataplane {
namespace {

using test::in_namespace;

/// The sockets of several workers, and what sends and receives on them.
class Workers {
  public:
    explicit Workers(std::size_t count) {
        Options options;
        options.cpus.assign(count, -1);
        for (std::size_t i = 0; i < count; ++i) {
            auto opened =
                i == 0 ? CipherSockets::open(options)
                       : CipherSockets::open_beside(sockets_[0], WorkerId{static_cast<std::uint8_t>(i)}, options);
            REQUIRE(opened.ok());
            sockets_.push_back(std::move(opened).value());
        }
        for (const CipherSockets& one : sockets_)
            io_.push_back(std::make_unique<test::LookingIo>(one));
    }
    std::size_t count() const { return io_.size(); }
    const CipherSockets& sockets(std::size_t worker) const { return sockets_[worker]; }

    void send(const Slot& way, ByteView octets, std::size_t from = 0) {
        std::array<Slot, kBurst> slots;
        io_[from]->slots(slots);
        Slot slot = way;
        slot.octets = slots[0].octets;
        slot.length = static_cast<std::uint32_t>(octets.size());
        std::copy(octets.begin(), octets.end(), slot.octets);
        CHECK(io_[from]->tx({&slot, 1}) == 0);
    }
    /// Everything that each worker got since the last call.
    std::vector<std::vector<Bytes>> receive() {
        std::vector<std::vector<Bytes>> arrived(count());
        for (std::size_t i = 0; i < count(); ++i) {
            for (test::Arrived& one : test::receive(*io_[i]))
                arrived[i].push_back(std::move(one.octets));
        }
        return arrived;
    }

  private:
    std::vector<CipherSockets> sockets_;
    std::vector<std::unique_ptr<test::LookingIo>> io_;
};

/// Of the low octet of SPIs: those of all workers that there are, and some of none; less than a burst.
constexpr std::uint32_t kOctets[] = {0, 1, 2,  3,  4,   5,   6,   7,   8,   9, 0, 1,
                                     2, 3, 63, 64, 127, 128, 192, 254, 255, 7, 1, 0};

/// Without printing thousands of octets.
void check_arrived(Workers& workers, const std::vector<std::vector<Bytes>>& expected) {
    const auto arrived = workers.receive();
    for (std::size_t i = 0; i < workers.count(); ++i) {
        INFO("worker " << i);
        CHECK(arrived[i].size() == expected[i].size());
        CHECK((arrived[i] == expected[i]));
    }
}

Bytes esp(std::uint32_t spi, std::size_t length) {
    Bytes octets(length, 0xa5);
    store_be(octets.data(), spi);
    return octets;
}

TEST_CASE("a packet arrives once, at the worker that its SPI names, or at the first when there is none") {
    in_namespace([] {
        crypto::SeededRandom random(0x57ee);
        for (const std::size_t count : {1U, 2U, 3U, 8U}) {
            Workers workers(count);
            for (Slot way : test::every_way()) {
                for (const bool dont_fragment : {false, true}) {
                    INFO(test::describe(way) << ", workers: " << count);
                    way.dont_fragment = dont_fragment;
                    std::vector<std::vector<Bytes>> expected(count);
                    for (const std::uint32_t octet : kOctets) {
                        const std::uint32_t spi = ((random.u32() | 0x100U) & ~0xffU) | octet;
                        const Bytes packet = esp(spi, 4 + random.below(1400));
                        expected[octet < count ? octet : 0].push_back(packet);
                        workers.send(way, packet, octet % count);
                    }
                    check_arrived(workers, expected);
                }
            }
        }
    });
}

TEST_CASE("IKE, keepalives and what is too short for anything arrive at the first worker") {
    in_namespace([] {
        Workers workers(4);
        for (const Slot& way : test::every_way()) {
            INFO(test::describe(way));
            std::vector<std::vector<Bytes>> expected(4);
            for (const Bytes& packet :
                 {esp(0, 300), esp(0, 4), Bytes{0xff}, Bytes{1}, Bytes{1, 2}, Bytes{1, 2, 3}, Bytes{}}) {
                expected[0].push_back(packet);
                workers.send(way, packet, 2);
            }
            check_arrived(workers, expected);
        }
    });
}

TEST_CASE("the first worker's sockets find a port in use, also one that other workers share") {
    in_namespace([] {
        const Workers workers(2);
        CHECK_FALSE(CipherSockets::open({}).ok());
    });
}

TEST_CASE("a device has a queue for each worker, and is there until the last is closed") {
    in_namespace([] {
        auto tun = open_tun("many0", 3);
        if (!tun) {
            std::cerr << "SKIPPED: " << tun.error() << '\n';
            return;
        }
        CHECK(tun->queues.size() == 3);
        CHECK(tun->offload.tcp);
        // A fourth queue is another's, unless it says so as well.
        const auto single = open_tun("many0", 1);
        REQUIRE_FALSE(single.ok());
        CHECK(single.error().find("choose another `interface`") != std::string::npos);
        while (!tun->queues.empty()) {
            CHECK(if_nametoindex("many0") != 0);
            tun->queues.pop_back();
        }
        CHECK(if_nametoindex("many0") == 0);
    });
}

}  // namespace
}  // namespace esplane::dataplane
