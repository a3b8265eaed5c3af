#include "dataplane/sa/sequence.h"

#include <catch2/catch.hpp>

#include "tests/unit/dataplane/support/sequence.h"

namespace esplane::dataplane {
namespace {

using test::sequence_after;

TEST_CASE("the first sequence number is 1, and each follows the one before") {
    for (const bool esn : {false, true}) {
        SequenceSource source(esn);
        for (std::uint64_t expected = 1; expected <= 1000; ++expected)
            CHECK(source.next() == expected);
        CHECK_FALSE(source.is_running_out());
    }
}

TEST_CASE("without ESN the last number is 2^32 - 1, for ever") {
    SequenceSource source = sequence_after(0xfffffffd, false);
    CHECK(source.next() == 0xfffffffeU);
    CHECK(source.next() == 0xffffffffU);
    for (int i = 0; i < 3; ++i)
        CHECK_FALSE(source.next());
}

TEST_CASE("with ESN the last number is 2^64 - 1, and 2^32 is nothing special") {
    SequenceSource source = sequence_after(0xffffffff, true);
    CHECK(source.next() == 0x100000000U);
    source = sequence_after(0xfffffffffffffffe, true);
    CHECK(source.next() == 0xffffffffffffffffU);
    for (int i = 0; i < 3; ++i)
        CHECK_FALSE(source.next());
}

TEST_CASE("a sequence is running out from three quarters on") {
    SequenceSource source = sequence_after(0xbffffffa, false);
    CHECK_FALSE(source.is_running_out());
    for (int i = 0; i < 8; ++i)
        (void)source.next();
    CHECK(source.is_running_out());
    CHECK_FALSE(sequence_after(0xffffffff, true).is_running_out());
    CHECK(sequence_after(0xc000000000000000, true).is_running_out());
}

}  // namespace
}  // namespace esplane::dataplane
