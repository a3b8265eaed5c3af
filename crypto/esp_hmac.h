// AES-CBC (RFC 3602) or NULL (RFC 2410) with HMAC-SHA-2 (RFC 4868) for ESP, as jobs of ipsec-mb: CBC encryption and
// SHA-2 are chains of steps that wait for each other, so one packet leaves most of the CPU idle, and the library fills
// it with the others of a batch. This lays out a packet's job; EspCipher runs it.
//
// The IV of CBC must be unpredictable: an attacker who knows the next IV, as when it is a counter or the last block of
// the packet before, tests guesses of what other packets held (RFC 3602 3, SP 800-38A appendix C, CVE-2022-46397). Here
// it is the sequence number, encrypted under an AES-128 key that is drawn at random for this object and serves nothing
// else: since no sequence number repeats under a key, the IVs are a permutation's values at distinct points, which
// nobody tells from random ones. One AES block a packet, no state, no lock, nothing shared between threads.
#pragma once

#include <array>
#include <memory>
#include <span>

#include "crypto/algorithms.h"
#include "crypto/secret.h"
#include "crypto/slices.h"

struct IMB_JOB;

namespace esplane::crypto {

/// One expanded key. Its const operations may run on several threads at once.
class EspHmac {
  public:
    static constexpr std::size_t kLongestIcv = 32;

    /// What a job to open keeps until it has run.
    struct Opening {
        std::array<std::uint8_t, kLongestIcv> expected;
        std::uint32_t covered;  ///< octets of the received ICV that had to make room
    };

    /// `key_material`: cipher key (none for NULL), then integrity key, as KEYMAT yields them. Aborts on another size, a
    /// cipher other than CBC and NULL, or no integrity.
    EspHmac(Encr encr, IntegId integ, const Secret& key_material);
    ~EspHmac();  ///< wipes the expanded keys
    EspHmac(EspHmac&&) noexcept;
    EspHmac& operator=(EspHmac&&) noexcept;

    /// A job that writes IV, ciphertext and ICV of `packet`, in which SPI and sequence number are there already. With
    /// `esn` the ICV covers the high half of the sequence number, too (RFC 4303 2.2.1). One slice is encrypted from
    /// where it is, which may be its very place in the packet; several are first copied there. Aborts when their length
    /// is no multiple of the block or too long for ESP.
    void prepare_seal(IMB_JOB& job, std::span<const Slice> text, std::uint8_t* packet, std::uint64_t sequence,
                      bool esn) const;

    /// A job that decrypts `packet` to `to` and computes its ICV; finish_open() says if it was right, and leaves
    /// `packet` as it came where `to` is elsewhere. False, and no job, when no packet has this length.
    [[nodiscard]] bool prepare_open(IMB_JOB& job, MutableByteView packet, std::uint64_t sequence, bool esn,
                                    std::uint8_t* to, Opening& opening) const;

    /// After the job has run. False when the ICV is wrong; `to` is then zeroed.
    [[nodiscard]] bool finish_open(MutableByteView packet, bool esn, std::uint8_t* to, const Opening& opening) const;

  private:
    struct Key;
    std::unique_ptr<Key> key_;
};

}  // namespace esplane::crypto
