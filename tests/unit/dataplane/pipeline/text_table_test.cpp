// Every text that a pad length can make of an inner packet, with a right ICV, against RFC 4303 2.4 read anew.
#include <catch2/catch.hpp>

#include "tests/unit/dataplane/support/fate.h"
#include "tests/unit/dataplane/support/suite_peer.h"

namespace esplane::dataplane {
namespace {

using test::Fate;
using test::FateTable;
using test::InboundRig;
using test::Suite;
using test::SuitePeer;

constexpr std::size_t kLongestPayload = 300;
constexpr std::size_t kIpv4Header = 20;

/// The packet within the selectors that all payloads of this table are, or begin as.
Fate fate_of_payload(ByteView payload) {
    if (payload.size() < kIpv4Header || payload[0] != 0x45) return test::dropped("malformed_inner");
    const std::size_t length = payload[2] * 256U + payload[3];
    if (length < kIpv4Header || length > payload.size()) return test::dropped("malformed_inner");
    return test::passes_as(payload.first(length));
}

/// The model: what a text says, read from its end.
Fate fate_of_text(ByteView text) {
    const std::uint8_t next_header = text[text.size() - 1];
    const std::size_t pad_length = text[text.size() - 2];
    const ByteView rest = text.first(text.size() - 2);
    if (pad_length > rest.size()) return test::dropped("bad_padding");
    const std::uint8_t* const padding = rest.data() + rest.size() - pad_length;
    for (std::size_t i = 0; i < pad_length; ++i) {
        if (padding[i] != i + 1) return test::dropped("bad_padding");
    }
    if (next_header == 59) return test::dropped("dummy");
    if (next_header != 4) return test::dropped("bad_next_header");
    return fate_of_payload(rest.first(rest.size() - pad_length));
}

Bytes payload_of(std::size_t length) {
    if (length >= kIpv4Header) return test::incoming_packet(length - kIpv4Header);
    Bytes cut = test::incoming_packet(0);
    cut.resize(length);
    return cut;
}

/// Sends texts under ever new numbers. Sealed by our own cipher, for there are very many: what is judged is inside.
class Table {
  public:
    explicit Table(const Suite& suite)
        : options_(test::child_options_of(suite, false, 65536)),
          peer_(suite, options_),
          key_(suite.encr, suite.integ, options_.key_in),
          rig_(test::copy_of(options_)),
          fates_(rig_) {}

    void check(ByteView text, const char* what, std::size_t first = 0, std::size_t second = 0) {
        ++sequence_;
        if (peer_.block_length() == 16 && text.size() % 16 != 0) {
            // CBC has no text but of whole blocks: what else there is does not verify, though its ICV is right.
            fates_.expect(peer_.seal(sequence_, text), test::dropped("bad_icv"), what, first, second);
        } else {
            fates_.expect(seal(text), fate_of_text(text), what, first, second);
        }
    }
    std::size_t block_length() const { return peer_.block_length(); }
    std::map<std::string, std::size_t> finish() { return fates_.finish(); }

  private:
    Bytes seal(ByteView text) {
        Bytes packet(key_.overhead() + text.size());
        const crypto::SealJob job{.key = &key_,
                                  .spi = to_number(options_.spi_in),
                                  .sequence = sequence_,
                                  .text = {&text, 1},
                                  .packet = packet.data()};
        cipher_.seal({&job, 1});
        return packet;
    }

    ChildOptions options_;
    SuitePeer peer_;
    crypto::EspKey key_;
    crypto::EspCipher cipher_;
    InboundRig rig_;
    FateTable fates_;
    std::uint64_t sequence_ = 0;
};

void check_padded(Table& table, const Bytes& payload, std::size_t pad_length) {
    table.check(test::text_of(payload, pad_length, 4), "padded", payload.size(), pad_length);
}

/// A pad length behind a payload, without an octet of padding; and the payload's own end as the padding.
void check_claimed(Table& table, Bytes payload, std::size_t pad_length) {
    const std::size_t size = payload.size();
    payload.push_back(static_cast<std::uint8_t>(pad_length));
    payload.push_back(4);
    table.check(payload, "only claimed", size, pad_length);
    for (std::size_t i = 0; i < std::min(size, pad_length); ++i)
        payload[size - 1 - i] = static_cast<std::uint8_t>(pad_length - i);
    table.check(payload, "within the payload", size, pad_length);
}

TEST_CASE("every pad length behind every payload of up to 300 octets: AES-GCM, against a model") {
    Table table(test::suite_of_each_kind().front());
    for (std::size_t size = 0; size <= kLongestPayload; ++size) {
        const Bytes payload = payload_of(size);
        for (std::size_t pad_length = 0; pad_length <= 255; ++pad_length)
            check_padded(table, payload, pad_length);
    }
    CHECK(table.finish() == std::map<std::string, std::size_t>{{"", 281 * 256}, {"malformed_inner", 20 * 256}});
}

TEST_CASE("every pad length that payloads of up to 300 octets only claim to have: AES-GCM, against a model") {
    Table table(test::suite_of_each_kind().front());
    for (std::size_t size = 0; size <= kLongestPayload; size += size < 24 || size > 252 ? 1 : 19) {
        const Bytes payload = payload_of(size);
        for (std::size_t pad_length = 0; pad_length <= 255; ++pad_length)
            check_claimed(table, payload, pad_length);
    }
    const auto counts = table.finish();
    CHECK(counts.at("") > 50);
    CHECK(counts.at("bad_padding") > 15'000);
    CHECK(counts.at("malformed_inner") > 5'000);
    CHECK(counts.size() == 3);
}

TEST_CASE("every pad length behind payloads of up to 300 octets: the other suites, against a model") {
    for (const Suite& suite : test::suite_of_each_kind()) {
        if (suite.encr.id == crypto::EncrId::kAesGcm16) continue;
        INFO(test::name_of(suite));
        Table table(suite);
        const bool is_cbc = table.block_length() == 16;
        const std::size_t step = is_cbc ? 3 : 37;
        for (std::size_t size = 0; size <= kLongestPayload; size += size >= 18 && size < 22 ? 1 : step) {
            const Bytes payload = payload_of(size);
            for (std::size_t pad_length = 0; pad_length <= 255; ++pad_length) {
                // Of what is not in whole blocks, a few.
                const bool is_sampled = !is_cbc || (size + pad_length) % 41 == 0;
                if (is_sampled || (size + pad_length + 2) % 16 == 0) check_padded(table, payload, pad_length);
                if (is_sampled || ((size + 2) % 16 == 0 && pad_length % 3 == 0))
                    check_claimed(table, payload, pad_length);
            }
        }
        const auto counts = table.finish();
        CHECK(counts.at("") > 500);
        CHECK(counts.at("bad_padding") > 300);
        CHECK(counts.at("malformed_inner") > 50);
        CHECK(counts.contains("bad_icv") == is_cbc);
    }
}

TEST_CASE("padding that is wrong at any one octet is refused: every suite") {
    for (const Suite& suite : test::suite_of_each_kind()) {
        INFO(test::name_of(suite));
        Table table(suite);
        std::size_t checked = 0;
        for (const std::size_t pad_length : {1, 2, 15, 16, 31, 127, 128, 239, 254, 255}) {
            // In whole blocks of any suite: an inner packet of at least 40 octets.
            const std::size_t payload = 40 + (0U - (40 + pad_length + 2)) % 16;
            const Bytes right = test::text_of(payload_of(payload), pad_length, 4);
            table.check(right, "right");
            for (std::size_t wrong = 0; wrong < pad_length; ++wrong) {
                for (const std::uint8_t change : std::initializer_list<std::uint8_t>{0x01, 0x80, 0xff}) {
                    Bytes text = right;
                    text[payload + wrong] ^= change;
                    table.check(text, "padding wrong at", pad_length, wrong);
                    ++checked;
                }
            }
        }
        const auto counts = table.finish();
        CHECK(counts.at("") == 10);
        CHECK(counts.at("bad_padding") == checked);
    }
}

TEST_CASE("padding of all zeros, of all the pad length, and counted from 0 or downwards, is refused") {
    for (const Suite& suite : test::suite_of_each_kind()) {
        INFO(test::name_of(suite));
        Table table(suite);
        const std::size_t payload = 46;
        const std::size_t pad_length = 16;
        const auto text = [&](auto octet) {
            Bytes made = payload_of(payload);
            for (std::size_t i = 0; i < pad_length; ++i)
                made.push_back(static_cast<std::uint8_t>(octet(i)));
            made.push_back(pad_length);
            made.push_back(4);
            return made;
        };
        table.check(text([](std::size_t i) { return i + 1; }), "as RFC 4303 wants it");
        table.check(text([](std::size_t) { return 0; }), "zeros");
        table.check(text([&](std::size_t) { return pad_length; }), "as in TLS");
        table.check(text([](std::size_t i) { return i; }), "from 0");
        table.check(text([&](std::size_t i) { return pad_length - i; }), "downwards");
        table.check(text([](std::size_t i) { return i + 2; }), "from 2");
        const auto counts = table.finish();
        CHECK(counts.at("") == 1);
        CHECK(counts.at("bad_padding") == 5);
    }
}

TEST_CASE("every next header behind right and wrong padding: the padding is judged first") {
    for (const Suite& suite : test::suite_of_each_kind()) {
        INFO(test::name_of(suite));
        Table table(suite);
        for (unsigned next_header = 0; next_header <= 255; ++next_header) {
            if (next_header == 41) continue;
            Bytes text = test::text_of(payload_of(40), 6, static_cast<std::uint8_t>(next_header));
            table.check(text, "next header", next_header);
            text[43] ^= 1;
            table.check(text, "wrong padding before next header", next_header);
        }
        CHECK(table.finish() == std::map<std::string, std::size_t>{
                                    {"", 1}, {"dummy", 1}, {"bad_next_header", 253}, {"bad_padding", 255}});
    }
}

}  // namespace
}  // namespace esplane::dataplane
