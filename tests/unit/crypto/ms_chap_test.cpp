#include "crypto/ms_chap.h"

#include <catch2/catch.hpp>
#include <string>

namespace esplane::crypto {
namespace {

/// The example of RFC 2759 9.2, which RFC 3079 3.5.3 goes on with.
struct Example {
    Bytes authenticator = from_hex("5B5D7C7D7B3F2F3E3C2C602132262628");
    Bytes peer = from_hex("21402324255E262A28295F2B3A337C7E");
    Secret hash = *nt_hash("clientPass");
    MsChapExchange exchange(std::string_view name = "User") const { return {authenticator, peer, name}; }
};

TEST_CASE("MD4 and DES are there") {
    REQUIRE(ms_chap_available());
}

TEST_CASE("MS-CHAP computes what RFC 2759 9.2 has") {
    const Example example;
    CHECK(to_hex(example.hash.view()) == "44ebba8d5312b8d611474411f56989ae");
    const Bytes response = ms_chap_response(example.hash, example.exchange());
    CHECK(to_hex(response) == "82309ecd8d708b5ea08faa3981cd83544233114a3d85d6df");
    CHECK(to_hex(ms_chap_proof(example.hash, example.exchange(), response)) ==
          "407a5589115fd0d6209f510fe9c04566932cda56");
}

// The example is the server's, and has what it sends by.
TEST_CASE("The MSK has the key of RFC 3079 3.5.3 behind the one for the other direction") {
    const Example example;
    const Bytes response = ms_chap_response(example.hash, example.exchange());
    const std::string msk = to_hex(ms_chap_msk(example.hash, response).view());
    CHECK(msk.substr(0, 32) == "d5f0e9521e3ea9589645e86051c82226");
    CHECK(msk.substr(32, 32) == "8b7cdc149b993a1ba118cb153f56dccb");
    CHECK(msk.substr(64) == std::string(64, '0'));
}

TEST_CASE("A domain before the name does not count") {
    const Example example;
    const Bytes bare = ms_chap_response(example.hash, example.exchange());
    CHECK(ms_chap_response(example.hash, example.exchange("DOMAIN\\User")) == bare);
    CHECK(ms_chap_response(example.hash, example.exchange("user")) != bare);
}

TEST_CASE("A password is UTF-8 of 256 units at most") {
    CHECK(nt_hash("").has_value());
    CHECK(to_hex(nt_hash("")->view()) == "31d6cfe0d16ae931b73c59d7e0c089c0");
    CHECK_FALSE(nt_hash("\xff").has_value());
    CHECK(nt_hash(std::string(256, 'x')).has_value());
    CHECK_FALSE(nt_hash(std::string(257, 'x')).has_value());
}

}  // namespace
}  // namespace esplane::crypto
