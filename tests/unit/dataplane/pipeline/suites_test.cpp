// Both pipelines with every suite of ESP: what one end seals the other opens, whatever its lengths are.
#include <catch2/catch.hpp>

#include "crypto/random.h"
#include "dataplane/pipeline/esp_format.h"
#include "tests/unit/dataplane/support/rigs.h"

namespace esplane::dataplane {
namespace {

using crypto::EncrId;
using crypto::IntegId;
using test::InboundRig;
using test::OutboundRig;

struct Suite {
    crypto::Encr encr;
    IntegId integ;
};

constexpr Suite kSuites[] = {
    {{EncrId::kAesGcm16, 128}, IntegId::kNone},         {{EncrId::kAesGcm16, 192}, IntegId::kNone},
    {{EncrId::kAesGcm16, 256}, IntegId::kNone},         {{EncrId::kChaCha20Poly1305, 256}, IntegId::kNone},
    {{EncrId::kAesCbc, 128}, IntegId::kHmacSha256_128}, {{EncrId::kAesCbc, 192}, IntegId::kHmacSha384_192},
    {{EncrId::kAesCbc, 256}, IntegId::kHmacSha512_256}, {{EncrId::kAesCbc, 256}, IntegId::kHmacSha256_128},
    {{EncrId::kNullAuthAesGmac, 256}, IntegId::kNone},  {{EncrId::kNull, 0}, IntegId::kHmacSha256_128},
};

std::string name_of(const Suite& suite) {
    return std::string(crypto::name(suite.encr)) + "-" + std::string(crypto::name(suite.integ));
}

ChildOptions options_for(const Suite& suite, bool esn) {
    ChildOptions options = test::with_suite(test::child_options(), suite.encr, suite.integ);
    options.esn = esn;
    return options;
}

TEST_CASE("every suite, length, family and kind of sequence number: sealed, and opened by the other end") {
    for (const Suite& suite : kSuites) {
        for (const bool esn : {false, true}) {
            INFO(name_of(suite) << (esn ? " with ESN" : ""));
            const ChildOptions ours = options_for(suite, esn);
            OutboundRig out(test::copy_of(ours));
            InboundRig in(test::mirrored(ours));
            std::vector<Bytes> batch;
            for (std::size_t payload = 0; payload < 1500; payload += payload < 80 ? 1 : 61) {
                const Family family = payload % 2 == 0 ? Family::kIpv4 : Family::kIpv6;
                batch.push_back(test::outgoing_packet(payload, family));
                if (batch.size() < 50) continue;
                const auto sealed = out.run(batch);
                for (std::size_t i = 0; i < sealed.size(); ++i)
                    CHECK(sealed[i].size() ==
                          sealed_length(out.child.out.key, static_cast<std::uint32_t>(batch[i].size())));
                CHECK(in.run(sealed) == batch);
                batch.clear();
            }
            CHECK(in.run(out.run(batch)) == batch);
        }
    }
}

TEST_CASE("every suite: of a burst any bad subset is dropped, and exactly the others pass") {
    const std::uint64_t seed = 0x5317e5;
    crypto::SeededRandom random(seed);
    for (const Suite& suite : kSuites) {
        const ChildOptions ours = options_for(suite, true);
        OutboundRig out(test::copy_of(ours));
        InboundRig in(test::mirrored(ours));
        in.child.selectors = test::mirrored(ours).selectors;
        in.child.out.narrowed = true;
        for (int round = 0; round < 20; ++round) {
            INFO("seed " << seed << ", " << name_of(suite) << ", round " << round);
            std::vector<Bytes> packets;
            while (packets.size() < 1 + random.below(kBurst))
                packets.push_back(test::outgoing_packet(random.below(300)));
            std::vector<Bytes> sealed = out.run(packets);
            std::vector<Bytes> good;
            for (std::size_t i = 0; i < sealed.size(); ++i) {
                if (random.below(3) == 0) {
                    // Behind SPI and sequence number, where it could become another SA's or a replay.
                    sealed[i][8 + random.below(sealed[i].size() - 8)] ^=
                        static_cast<std::uint8_t>(1U << random.below(8));
                } else {
                    good.push_back(packets[i]);
                }
            }
            REQUIRE(in.run(sealed) == good);
        }
    }
}

}  // namespace
}  // namespace esplane::dataplane
