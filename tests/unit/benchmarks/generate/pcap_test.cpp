#include "benchmarks/generate/pcap.h"

#include <catch2/catch.hpp>
#include <random>

#include "tests/unit/benchmarks/generate/captures.h"

namespace esplane::bench::generate {
namespace {

using std::chrono::nanoseconds;
using test::CaptureFile;

std::string complaint(const Bytes& file) {
    try {
        parse_pcap(file);
    } catch (const std::runtime_error& error) {
        return error.what();
    }
    return {};
}

TEST_CASE("both orders of octets, microseconds and nanoseconds") {
    for (const bool is_big_endian : {false, true}) {
        for (const bool has_nanoseconds : {false, true}) {
            CAPTURE(is_big_endian, has_nanoseconds);
            CaptureFile file(is_big_endian, has_nanoseconds, 0xf0000001);
            file.frame(1'700'000'000, 123'456, Bytes{1, 2, 3});
            file.frame(1'700'000'001, 5, Bytes{}, 99);
            const Capture capture = parse_pcap(file.octets());
            CHECK(capture.link_type == 1);
            REQUIRE(capture.frames.size() == 2);
            CHECK(capture.frames[0].octets == Bytes{1, 2, 3});
            CHECK(capture.frames[0].original_length == 3);
            CHECK(capture.frames[0].time ==
                  nanoseconds(1'700'000'000'000'000'000) + nanoseconds(has_nanoseconds ? 123'456 : 123'456'000));
            CHECK(capture.frames[1].octets.empty());
            CHECK(capture.frames[1].original_length == 99);
        }
    }
}

TEST_CASE("a capture without frames is one") {
    CHECK(parse_pcap(CaptureFile().octets()).frames.empty());
}

TEST_CASE("a file that is cut off says where") {
    CaptureFile file;
    file.frame(1, 2, Bytes(10));
    const Bytes whole = file.octets();
    for (std::size_t length = 0; length < whole.size(); ++length) {
        CAPTURE(length);
        const std::string said = complaint({whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length)});
        if (length == 24) {
            CHECK(said.empty());
        } else {
            CHECK(said == (length < 24   ? "octet 0: too short for a capture"
                           : length < 40 ? "octet 24: the header of a frame is cut off"
                                         : "octet 40: a frame is cut off"));
        }
    }
}

TEST_CASE("what is no capture of the format is told from one that is") {
    Bytes file = CaptureFile().octets();
    file[4] = 3;
    CHECK(complaint(file) == "octet 4: not version 2 of the format");
    file[0] ^= 1;
    CHECK(complaint(file) == "octet 0: not a capture");
    CHECK(complaint(from_hex("0a0d0d0a1c0000004d3c2b1a01000000ffffffffffffffff")).starts_with("octet 0: pcapng"));
    CaptureFile huge;
    huge.frame(1, 2, Bytes(262145));
    CHECK(complaint(huge.octets()) == "octet 32: a frame of 262145 octets");
}

TEST_CASE("a file is named by its complaint") {
    CHECK_THROWS_WITH(read_pcap("/nonexistent.pcap"), "/nonexistent.pcap: cannot be read");
    CHECK_THROWS_WITH(read_pcap("/tmp"), "/tmp: cannot be read");
    CHECK_THROWS_WITH(read_pcap("/dev/null"), "/dev/null: octet 0: too short for a capture");
}

TEST_CASE("no octets do harm") {
    const std::uint64_t seed = Catch::rngSeed();
    INFO("seed " << seed);
    std::mt19937_64 random(seed);
    for (int round = 0; round < 500; ++round) {
        CaptureFile made(random() % 2 == 0, random() % 2 == 0);
        made.frame(1, 2, Bytes(random() % 50));
        made.frame(1, 3, Bytes(random() % 50));
        Bytes file = made.octets();
        for (int i = 0; i < 3; ++i)
            file[random() % file.size()] = static_cast<std::uint8_t>(random());
        complaint(file);
    }
}

}  // namespace
}  // namespace esplane::bench::generate
