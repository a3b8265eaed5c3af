// All suites of ESP behind one call for a batch. A packet in memory is, in one piece:
//
//   SPI 4 | sequence number 4 | IV 0, 8 or 16 | ciphertext | ICV 16, 24 or 32                          (RFC 4303 2)
//
// with the lengths that its EspKey names. The IV of an AEAD is the sequence number, unique under the key as RFC
// 4106 3.1, RFC 4543 3.1 and RFC 7634 2 want it; that of CBC is unpredictable (esp_hmac.h says how and why).
#pragma once

#include <memory>
#include <span>

#include "crypto/esp_key.h"
#include "crypto/slices.h"

namespace esplane::crypto {

/// One packet to seal. What it points to must last until seal() returns.
struct SealJob {
    const EspKey* key = nullptr;
    std::uint32_t spi = 0;
    bool esn = false;            ///< whether the ICV covers the high half of `sequence` (RFC 4303 2.2.1)
    std::uint64_t sequence = 0;  ///< never twice under one key
    /// Inner packet, padding and trailer, in order: a multiple of the key's block_length().
    std::span<const Slice> text;
    /// Room for the text and the key's overhead(). A single slice may be at its very place here (in place); otherwise
    /// nothing overlaps.
    std::uint8_t* packet = nullptr;
};

/// One packet to open.
struct OpenJob {
    const EspKey* key = nullptr;
    bool esn = false;
    std::uint64_t sequence = 0;  ///< as reconstructed (RFC 4303 A2.2); only its high half is not in the packet
    /// From SPI to ICV. Written to while under way, hence not const and not shared with another job of the batch, but
    /// left as it came where `text` is elsewhere.
    MutableByteView packet;
    /// Room for the packet's length less the key's overhead(): where the text goes, which may be its very place in the
    /// packet but must not otherwise overlap.
    std::uint8_t* text = nullptr;
    bool genuine = false;  ///< set by open()
};

/// One for each worker: for one thread at a time. Batches of any length may mix keys and suites; the longer the batch,
/// the less CBC and HMAC cost. Nothing is allocated after construction, which aborts when ipsec-mb does not support
/// this CPU.
class EspCipher {
  public:
    EspCipher();
    ~EspCipher();
    EspCipher(EspCipher&&) noexcept;
    EspCipher& operator=(EspCipher&&) noexcept;

    /// Writes whole packets. Aborts for a text that is not padded as its key wants it.
    void seal(std::span<const SealJob> jobs);

    /// Decrypts and sets `genuine` in each job. Where the ICV is wrong the text is zeroed; a packet of a length that no
    /// packet of the suite has is not genuine either, and nothing is written.
    void open(std::span<OpenJob> jobs);

  private:
    struct Pending;
    std::unique_ptr<Pending> pending_;
};

}  // namespace esplane::crypto
