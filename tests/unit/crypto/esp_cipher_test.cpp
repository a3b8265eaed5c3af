#include "crypto/esp_cipher.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <numeric>

#include "crypto/random.h"
#include "tests/unit/crypto/aborts.h"
#include "tests/unit/crypto/heap_watch.h"
#include "tests/unit/crypto/keyed.h"

namespace esplane::crypto {
namespace {

using test::Header;
using test::Keyed;
using test::Suite;

constexpr std::size_t kGuard = 32;  // octets behind each buffer that no call may touch
constexpr std::uint8_t kGuardOctet = 0xa5;

Header random_header(Random& random) {
    return {.spi = random.u32(), .sequence = random.u64(), .esn = random.below(2) == 1};
}

/// Memory at any alignment, of which what surrounds it shows whether anything was written there.
class Room {
  public:
    Room(std::size_t length, Random& random)
        : misalignment_(random.below(16)), length_(length), octets_(misalignment_ + length + kGuard, kGuardOctet) {}
    std::uint8_t* data() { return octets_.data() + misalignment_; }
    MutableByteView view() { return {data(), length_}; }
    bool guards_untouched() const {
        const auto untouched = [](std::uint8_t octet) { return octet == kGuardOctet; };
        return std::all_of(octets_.begin(), octets_.begin() + static_cast<std::ptrdiff_t>(misalignment_), untouched) &&
               std::all_of(octets_.end() - kGuard, octets_.end(), untouched);
    }

  private:
    std::size_t misalignment_;
    std::size_t length_;
    Bytes octets_;
};

/// Cuts at random into up to six slices, of which some are empty.
std::vector<Slice> cut(ByteView whole, Random& random) {
    std::vector<Slice> slices;
    for (std::uint64_t pieces = random.below(6); pieces > 0; --pieces) {
        const std::size_t length = random.below(whole.size() + 1);
        slices.push_back(whole.first(length));
        whole = whole.subspan(length);
    }
    slices.push_back(whole);
    return slices;
}

/// How a packet's text lies before it is sealed.
enum class Source { kOneSlice, kSlices, kInPlace };

/// A packet under way, with the memory that it is sealed from and to.
struct Sealing {
    const Keyed* keyed;
    Header header;
    Bytes text;
    Room packet;
    std::vector<Slice> slices;

    Sealing(const Keyed& with, std::size_t length, Source source, Random& random)
        : keyed(&with),
          header(random_header(random)),
          text(random.bytes(length)),
          packet(length + with.key.overhead(), random) {
        const std::size_t body = EspKey::kHeaderLength + with.key.iv_length();
        if (source == Source::kInPlace) {
            std::copy(text.begin(), text.end(), packet.data() + body);
            slices = {ByteView(packet.view()).subspan(body, length)};
        } else {
            slices = source == Source::kSlices ? cut(text, random) : std::vector<Slice>{text};
        }
    }

    SealJob job() {
        return {.key = &keyed->key,
                .spi = header.spi,
                .esn = header.esn,
                .sequence = header.sequence,
                .text = slices,
                .packet = packet.data()};
    }

    ByteView iv() { return ByteView(packet.view()).subspan(EspKey::kHeaderLength, keyed->key.iv_length()); }

    bool as_oracle() {
        return packet.guards_untouched() && to_bytes(packet.view()) == keyed->oracle(header, iv(), text);
    }
};

/// A packet that OpenSSL made, and where it is opened to.
struct Opening {
    const Keyed* keyed;
    Header header;
    Bytes text;
    Room packet;
    Room opened;
    bool in_place;

    Opening(const Keyed& with, std::size_t length, bool to_itself, Random& random)
        : keyed(&with),
          header(random_header(random)),
          text(random.bytes(length)),
          packet(length + with.key.overhead(), random),
          opened(length, random),
          in_place(to_itself) {
        const Bytes sealed = with.oracle(header, random.bytes(with.key.iv_length()), text);
        std::copy(sealed.begin(), sealed.end(), packet.data());
    }

    MutableByteView opened_text() {
        if (!in_place) return opened.view();
        return packet.view().subspan(EspKey::kHeaderLength + keyed->key.iv_length(), text.size());
    }

    OpenJob job() {
        return {.key = &keyed->key,
                .esn = header.esn,
                .sequence = header.sequence,
                .packet = packet.view(),
                .text = opened_text().data()};
    }

    bool as_it_was() { return to_bytes(opened_text()) == text; }
    bool zeroed() { return to_bytes(opened_text()) == Bytes(text.size(), 0); }
    bool guards_untouched() const { return packet.guards_untouched() && opened.guards_untouched(); }
};

/// The text lengths that a suite can have, up to `longest`: all of them, or whole blocks of CBC.
std::vector<std::size_t> lengths_up_to(std::size_t longest, const Keyed& keyed) {
    const std::size_t step = keyed.suite.encr.id == EncrId::kAesCbc ? 16 : 1;
    std::vector<std::size_t> lengths;
    for (std::size_t length = step == 1 ? 0 : step; length <= longest; length += step) {
        lengths.push_back(length);
    }
    return lengths;
}

template <typename Packet>
auto jobs_of(std::vector<Packet>& packets) {
    std::vector<decltype(packets.front().job())> jobs;
    jobs.reserve(packets.size());
    for (Packet& packet : packets) {
        jobs.push_back(packet.job());
    }
    return jobs;
}

TEST_CASE("Every suite seals every length as OpenSSL does, from one slice, from several and in place") {
    const std::uint64_t seed = 71;
    SeededRandom random(seed);
    EspCipher cipher;
    for (const Suite& suite : test::all_suites()) {
        const Keyed keyed(suite, random);
        std::vector<Sealing> packets;
        for (const std::size_t length : lengths_up_to(2000, keyed)) {
            packets.emplace_back(keyed, length, Source(random.below(3)), random);
        }
        cipher.seal(jobs_of(packets));
        for (Sealing& packet : packets) {
            INFO(test::name_of(suite) << ", text of " << packet.text.size() << ", seed " << seed);
            if (!packet.as_oracle()) FAIL("not as OpenSSL");
            if (is_aead(suite.encr.id)) CHECK(load_be<std::uint64_t>(packet.iv().data()) == packet.header.sequence);
        }
    }
}

TEST_CASE("Every suite opens every length that OpenSSL sealed, in place and not") {
    const std::uint64_t seed = 72;
    SeededRandom random(seed);
    EspCipher cipher;
    for (const Suite& suite : test::all_suites()) {
        const Keyed keyed(suite, random);
        std::vector<Opening> packets;
        for (const std::size_t length : lengths_up_to(2000, keyed)) {
            packets.emplace_back(keyed, length, random.below(2) == 1, random);
        }
        std::vector<OpenJob> jobs = jobs_of(packets);
        cipher.open(jobs);
        for (std::size_t i = 0; i < packets.size(); ++i) {
            INFO(test::name_of(suite) << ", text of " << packets[i].text.size() << ", seed " << seed);
            if (!jobs[i].genuine || !packets[i].as_it_was() || !packets[i].guards_untouched()) FAIL("not opened");
        }
    }
}

TEST_CASE("Sealing and opening allocate nothing") {
    SeededRandom random(70);
    EspCipher cipher;
    std::vector<Keyed> keys;
    for (const Suite& suite : test::all_suites()) {
        keys.emplace_back(suite, random);
    }
    std::vector<Sealing> sealings;
    std::vector<Opening> openings;
    for (const Keyed& keyed : keys) {
        for (int i = 0; i < 20; ++i) {
            sealings.emplace_back(keyed, 64, Source(random.below(3)), random);
            openings.emplace_back(keyed, 64, random.below(2) == 1, random);
        }
    }
    const std::vector<SealJob> seals = jobs_of(sealings);
    std::vector<OpenJob> opens = jobs_of(openings);
    const std::size_t before = ::esplane::test::allocations();
    cipher.seal(seals);
    cipher.open(opens);
    CHECK(::esplane::test::allocations() == before);
}

TEST_CASE("Opening elsewhere leaves the packet as it came, genuine or not") {
    SeededRandom random(73);
    EspCipher cipher;
    for (const Suite& suite : test::all_suites()) {
        const Keyed keyed(suite, random);
        for (const bool genuine : {true, false}) {
            Opening packet(keyed, 64, false, random);
            packet.header.esn = true;
            const Bytes sealed = keyed.oracle(packet.header, random.bytes(keyed.key.iv_length()), packet.text);
            std::copy(sealed.begin(), sealed.end(), packet.packet.data());
            packet.packet.view().back() ^= genuine ? 0 : 1;
            const Bytes before = to_bytes(packet.packet.view());
            std::array<OpenJob, 1> jobs{packet.job()};
            cipher.open(jobs);
            INFO(test::name_of(suite));
            CHECK(jobs[0].genuine == genuine);
            CHECK(to_bytes(packet.packet.view()) == before);
        }
    }
}

TEST_CASE("The longest packets are sealed and opened, and with HMAC none beyond them") {
    SeededRandom random(74);
    EspCipher cipher;
    for (const Suite& suite : test::all_suites()) {
        INFO(test::name_of(suite));
        const Keyed keyed(suite, random);
        constexpr std::size_t kLongest = 65504;  // in whole blocks; 65534 octets at most are hashed
        std::vector<Sealing> packets;
        packets.emplace_back(keyed, kLongest, Source::kOneSlice, random);
        cipher.seal(jobs_of(packets));
        CHECK(packets[0].as_oracle());
        Opening back(keyed, kLongest, false, random);
        std::array<OpenJob, 1> jobs{back.job()};
        cipher.open(jobs);
        CHECK(jobs[0].genuine);
        CHECK(back.as_it_was());
        if (suite.integ == IntegId::kNone) continue;
        Bytes too_long(65536 + keyed.key.overhead());
        jobs[0].packet = too_long;
        cipher.open(jobs);
        CHECK_FALSE(jobs[0].genuine);
    }
}

TEST_CASE("A batch of any length may mix suites and keys, and its packets do not disturb each other") {
    const std::uint64_t seed = 75;
    SeededRandom random(seed);
    EspCipher cipher;
    std::vector<Keyed> keys;
    for (const Suite& suite : test::all_suites()) {
        for (int i = 0; i < 3; ++i) {
            keys.emplace_back(suite, random);
        }
    }
    for (const std::size_t count : {0, 1, 2, 7, 8, 9, 31, 64, 100, 128, 129, 300}) {
        std::vector<Sealing> packets;
        packets.reserve(count);
        for (std::size_t i = 0; i < count; ++i) {
            const Keyed& keyed = keys[random.below(keys.size())];
            packets.emplace_back(keyed, 16 * (1 + random.below(100)), Source(random.below(3)), random);
        }
        cipher.seal(jobs_of(packets));
        for (std::size_t i = 0; i < count; ++i) {
            INFO("packet " << i << " of " << count << ", " << test::name_of(packets[i].keyed->suite) << ", seed "
                           << seed);
            CHECK(packets[i].as_oracle());
        }
    }
}

TEST_CASE("Of a mixed batch, whichever packets were changed on the way are refused and zeroed, the others opened") {
    const std::uint64_t seed = 76;
    SeededRandom random(seed);
    EspCipher cipher;
    std::vector<Keyed> keys;
    for (const Suite& suite : test::all_suites()) {
        keys.emplace_back(suite, random);
    }
    for (int round = 0; round < 60; ++round) {
        const std::size_t count = 1 + random.below(140);
        const std::uint64_t changed_in_16 = random.below(17);
        std::vector<Opening> packets;
        std::vector<bool> changed;
        packets.reserve(count);
        for (std::size_t i = 0; i < count; ++i) {
            packets.emplace_back(keys[random.below(keys.size())], 16 * (1 + random.below(20)), random.below(2) == 1,
                                 random);
            changed.push_back(random.below(16) < changed_in_16);
            const MutableByteView octets = packets.back().packet.view();
            if (changed[i]) octets[random.below(octets.size())] ^= static_cast<std::uint8_t>(1 << random.below(8));
        }
        std::vector<OpenJob> jobs = jobs_of(packets);
        cipher.open(jobs);
        for (std::size_t i = 0; i < count; ++i) {
            INFO("packet " << i << " of " << count << ", " << test::name_of(packets[i].keyed->suite) << ", seed "
                           << seed);
            CHECK(jobs[i].genuine == !changed[i]);
            CHECK((changed[i] ? packets[i].zeroed() : packets[i].as_it_was()));
            CHECK(packets[i].guards_untouched());
        }
    }
}

TEST_CASE("Any bit of a packet, and with ESN of the sequence number's high half, is covered by the ICV") {
    SeededRandom random(77);
    EspCipher cipher;
    for (const Suite& suite : test::all_suites()) {
        const Keyed keyed(suite, random);
        Opening packet(keyed, 32, false, random);
        packet.header.esn = true;
        const Bytes sealed = keyed.oracle(packet.header, random.bytes(keyed.key.iv_length()), packet.text);
        std::vector<OpenJob> jobs(8 * sealed.size(), packet.job());
        std::vector<Bytes> copies(jobs.size(), sealed);
        std::vector<Bytes> texts(jobs.size(), Bytes(32, kGuardOctet));
        for (std::size_t bit = 0; bit < jobs.size(); ++bit) {
            copies[bit][bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
            jobs[bit].packet = copies[bit];
            jobs[bit].text = texts[bit].data();
        }
        cipher.open(jobs);
        for (std::size_t bit = 0; bit < jobs.size(); ++bit) {
            if (jobs[bit].genuine || texts[bit] != Bytes(32, 0)) FAIL(test::name_of(suite) << ", bit " << bit);
        }
        for (unsigned bit = 32; bit <= 64; ++bit) {
            Bytes copy(sealed);
            std::array<OpenJob, 1> job{packet.job()};
            job[0].packet = copy;
            if (bit < 64) job[0].sequence ^= std::uint64_t{1} << bit;
            cipher.open(job);
            if (job[0].genuine != (bit == 64)) FAIL(test::name_of(suite) << ", bit " << bit << " of the sequence");
        }
    }
}

TEST_CASE("Without ESN the high half of the sequence number is no part of the ICV") {
    SeededRandom random(78);
    EspCipher cipher;
    for (const Suite& suite : test::all_suites()) {
        INFO(test::name_of(suite));
        const Keyed keyed(suite, random);
        Opening packet(keyed, 32, false, random);
        packet.header.esn = false;
        const Bytes sealed = keyed.oracle(packet.header, random.bytes(keyed.key.iv_length()), packet.text);
        std::copy(sealed.begin(), sealed.end(), packet.packet.data());
        std::array<OpenJob, 1> job{packet.job()};
        job[0].sequence ^= std::uint64_t{1} << 40;
        cipher.open(job);
        CHECK(job[0].genuine);
        CHECK(packet.as_it_was());
        job[0].esn = true;
        cipher.open(job);
        CHECK_FALSE(job[0].genuine);
    }
}

TEST_CASE("A packet that is too short or cut within a block is refused, and nothing is written") {
    SeededRandom random(79);
    EspCipher cipher;
    for (const Suite& suite : test::all_suites()) {
        const Keyed keyed(suite, random);
        const std::size_t overhead = keyed.key.overhead();
        const bool cbc = suite.encr.id == EncrId::kAesCbc;
        for (std::size_t length = 0; length <= overhead + 40; ++length) {
            const bool has_length =
                length >= overhead && (!cbc || (length > overhead && (length - overhead) % 16 == 0));
            if (has_length) continue;
            Bytes octets = random.bytes(length);
            const Bytes before(octets);
            Bytes text(64, kGuardOctet);
            std::array<OpenJob, 1> job{{{.key = &keyed.key, .esn = true, .packet = octets, .text = text.data()}}};
            job[0].genuine = true;
            cipher.open(job);
            if (job[0].genuine || octets != before || text != Bytes(64, kGuardOctet)) {
                FAIL(test::name_of(suite) << ", packet of " << length);
            }
        }
    }
}

TEST_CASE("Text for CBC that is not padded ends the process") {
    SeededRandom random(80);
    const Keyed keyed({{EncrId::kAesCbc, 256}, IntegId::kHmacSha256_128}, random);
    for (const std::size_t length : {0, 1, 15, 17, 65520 + 16}) {
        INFO("text of " << length);
        std::vector<Sealing> packets;
        packets.emplace_back(keyed, length, Source::kOneSlice, random);
        CHECK(::esplane::test::aborts([&] { EspCipher().seal(jobs_of(packets)); }));
    }
}

TEST_CASE("The IVs of CBC never repeat and show nothing of the sequence number or of each other") {
    const std::uint64_t seed = 81;
    SeededRandom random(seed);
    EspCipher cipher;
    const Keyed keyed({{EncrId::kAesCbc, 128}, IntegId::kHmacSha256_128}, random);
    const EspKey same_material(keyed.suite.encr, keyed.suite.integ, keyed.secret());
    const Bytes text(16);
    const std::array<Slice, 1> slices{text};
    const auto iv = [&](const EspKey& key, std::uint64_t sequence) {
        Bytes packet(16 + key.overhead());
        const std::array<SealJob, 1> job{
            {{.key = &key, .sequence = sequence, .text = slices, .packet = packet.data()}}};
        cipher.seal(job);
        return to_bytes(ByteView(packet).subspan(EspKey::kHeaderLength, 16));
    };
    // The key behind the IVs is drawn from the system, so this cannot fail by design rather than by seed: of 2000 IVs
    // of 128 bits, each bit is set in half of them, within seven standard deviations.
    std::vector<Bytes> ivs;
    for (std::uint64_t sequence = 1; sequence <= 2000; ++sequence) {
        ivs.push_back(iv(keyed.key, sequence));
    }
    for (unsigned bit = 0; bit < 128; ++bit) {
        const auto set = std::count_if(ivs.begin(), ivs.end(),
                                       [bit](const Bytes& octets) { return (octets[bit / 8] >> bit % 8 & 1) != 0; });
        CHECK(std::abs(set - 1000) < 160);
    }
    CHECK(iv(same_material, 1) != ivs[0]);
    std::sort(ivs.begin(), ivs.end());
    CHECK(std::adjacent_find(ivs.begin(), ivs.end()) == ivs.end());
}

}  // namespace
}  // namespace esplane::crypto
