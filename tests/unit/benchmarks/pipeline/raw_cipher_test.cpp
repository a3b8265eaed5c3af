// The cipher alone does all of its work: or what the pipeline costs beside it would be a figure of something else.
#include "benchmarks/pipeline/raw_cipher.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <deque>

namespace esplane::bench {
namespace {

constexpr std::size_t kInFront = 24;  // SPI, sequence number and the longest IV
constexpr std::size_t kLongestIcv = 32;

/// Texts of several lengths, each in a block of its own, so that a sanitizer sees a step beyond.
class Texts {
  public:
    explicit Texts(std::size_t count) {
        for (std::size_t i = 0; i < count; ++i) {
            Bytes& block = blocks_.emplace_back(kInFront + 16 * (i + 1) + kLongestIcv);
            for (std::size_t at = 0; at < block.size(); ++at)
                block[at] = static_cast<std::uint8_t>(i + at);
            views_.push_back(MutableByteView(block).subspan(kInFront, 16 * (i + 1)));
        }
    }
    std::span<const MutableByteView> views() const { return views_; }
    const std::deque<Bytes>& blocks() const { return blocks_; }
    ByteView icv(std::size_t i) const { return ByteView(blocks_[i]).last(kLongestIcv); }

  private:
    std::deque<Bytes> blocks_;
    std::vector<MutableByteView> views_;
};

TEST_CASE("every text is sealed, its ICV is written, and what is opened is what it was") {
    for (const Suite& suite : suites()) {
        for (const std::size_t count : {1U, 32U, 64U}) {
            INFO(suite.name() << ", " << count);
            const Texts before(count);
            const Texts texts(count);
            RawCipher raw(suite);
            raw.seal(texts.views());
            for (std::size_t i = 0; i < count; ++i) {
                CHECK_FALSE(std::ranges::equal(texts.views()[i], before.views()[i]));
                CHECK_FALSE(std::ranges::equal(texts.icv(i).first(16), before.icv(i).first(16)));
                // Nothing of what stands in front.
                CHECK(std::ranges::equal(ByteView(texts.blocks()[i]).first(kInFront),
                                         ByteView(before.blocks()[i]).first(kInFront)));
            }
            raw.open(texts.views());
            for (std::size_t i = 0; i < count; ++i)
                CHECK(std::ranges::equal(texts.views()[i], before.views()[i]));
        }
    }
}

}  // namespace
}  // namespace esplane::bench
