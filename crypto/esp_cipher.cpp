#include "crypto/esp_cipher.h"

#include "crypto/job_burst.h"
#include "crypto/require.h"

namespace esplane::crypto {
namespace {

constexpr std::size_t kHeader = EspKey::kHeaderLength;

/// Additional authenticated data: SPI and sequence number, with its high half if extended (RFC 4106 5, RFC 4543 3.3,
/// RFC 7634 2.1). One store, for the reason that make_nonce() has.
class Aad {
  public:
    Aad(std::uint32_t spi, std::uint64_t sequence, bool esn)
        : octets_{byte_swap(esn ? join(spi, sequence >> 32) : join(spi, sequence)), byte_swap(sequence << 32)},
          length_(esn ? 12 : 8) {}
    ByteView view() const { return {reinterpret_cast<const std::uint8_t*>(&octets_), length_}; }

  private:
    using TwoWords [[gnu::vector_size(16)]] = std::uint64_t;

    static std::uint64_t join(std::uint64_t high, std::uint64_t low) { return high << 32 | (low & 0xffffffff); }

    TwoWords octets_;
    std::size_t length_;
};

template <typename Aead>
void seal_one(const Aead& aead, const SealJob& job) {
    AeadIv iv;
    store_be(iv.data(), job.sequence);
    std::memcpy(job.packet + kHeader, iv.data(), iv.size());
    const Aad aad(job.spi, job.sequence, job.esn);
    std::uint8_t* const to = job.packet + kHeader + kAeadIvLength;
    aead.seal(aad.view(), iv, job.text, to, to + total_length(job.text));
}

template <typename Aead>
bool open_one(const Aead& aead, const OpenJob& job) {
    constexpr std::size_t kInFront = kHeader + kAeadIvLength;
    const MutableByteView packet = job.packet;
    if (packet.size() < kInFront + kAeadIcvLength) return false;
    AeadIv iv;
    std::memcpy(iv.data(), packet.data() + kHeader, iv.size());
    // What is authenticated is what the packet says, whoever read it before; of the job, only what is not sent.
    const std::uint64_t sequence = job.sequence >> 32 << 32 | load_be<std::uint32_t>(packet.data() + 4);
    const Aad aad(load_be<std::uint32_t>(packet.data()), sequence, job.esn);
    const std::size_t text = packet.size() - kInFront - kAeadIcvLength;
    return aead.open(aad.view(), iv, packet.subspan(kInFront, text), job.text, packet.last(kAeadIcvLength));
}

// How many jobs ahead of its own a key is asked for. Not all at once: those of a batch together are more than the
// first cache holds.
constexpr std::size_t kKeysAhead = 6;

std::size_t text_octets(const SealJob& job) {
    return job.text.size() == 1 ? job.text[0].size() : total_length(job.text);
}

std::size_t text_octets(const OpenJob& job) {
    return job.packet.size();
}

/// Of the job `index`, if it is there, and if the one before has another.
template <typename Job>
void prefetch_key(std::span<Job> jobs, std::size_t index) {
    if (index >= jobs.size() || jobs[index].key == jobs[index - 1].key) return;
    jobs[index].key->prefetch_for(text_octets(jobs[index]));
}

template <typename Job, typename Work>
void for_each(std::span<Job> jobs, Work work) {
    for (std::size_t index = 1; index < kKeysAhead; ++index)
        prefetch_key(jobs, index);
    for (std::size_t i = 0; i < jobs.size(); ++i) {
        prefetch_key(jobs, i + kKeysAhead);
        work(jobs[i]);
    }
}

}  // namespace

/// What waits for the other lanes to fill.
struct EspCipher::Pending {
    struct Opening {
        OpenJob* job;
        EspHmac::Opening state;
    };

    JobBurst burst;
    std::array<Opening, JobBurst::kCapacity> openings;
    std::size_t count = 0;  ///< of openings

    void seal(const EspHmac& hmac, const SealJob& job) {
        if (burst.full()) burst.run();
        hmac.prepare_seal(burst.blank(), job.text, job.packet, job.sequence, job.esn);
        burst.add();
    }

    void open(const EspHmac& hmac, OpenJob& job) {
        if (burst.full()) finish_open();
        Opening& opening = openings[count];
        job.genuine = false;
        if (!hmac.prepare_open(burst.blank(), job.packet, job.sequence, job.esn, job.text, opening.state)) return;
        opening.job = &job;
        ++count;
        burst.add();
    }

    void finish_open() {
        burst.run();
        for (std::size_t i = 0; i < count; ++i) {
            OpenJob& job = *openings[i].job;
            const EspHmac& hmac = std::get<EspHmac>(job.key->suite_);
            job.genuine = hmac.finish_open(job.packet, job.esn, job.text, openings[i].state);
        }
        count = 0;
    }
};

EspCipher::EspCipher() : pending_(std::make_unique<Pending>()) {}
EspCipher::~EspCipher() = default;
EspCipher::EspCipher(EspCipher&&) noexcept = default;
EspCipher& EspCipher::operator=(EspCipher&&) noexcept = default;

void EspCipher::seal(std::span<const SealJob> jobs) {
    for_each(jobs, [this](const SealJob& job) {
        store_be(job.packet, std::uint64_t{job.spi} << 32 | static_cast<std::uint32_t>(job.sequence));
        std::visit(
            [&](const auto& suite) {
                if constexpr (std::is_same_v<decltype(suite), const EspHmac&>) {
                    pending_->seal(suite, job);
                } else {
                    seal_one(suite, job);
                }
            },
            job.key->suite_);
    });
    pending_->burst.run();
}

void EspCipher::open(std::span<OpenJob> jobs) {
    for_each(jobs, [this](OpenJob& job) {
        std::visit(
            [&](const auto& suite) {
                if constexpr (std::is_same_v<decltype(suite), const EspHmac&>) {
                    pending_->open(suite, job);
                } else {
                    job.genuine = open_one(suite, job);
                }
            },
            job.key->suite_);
    });
    pending_->finish_open();
}

}  // namespace esplane::crypto
