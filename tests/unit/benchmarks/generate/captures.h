// Files of captures for tests.
#pragma once

#include "crypto/bytes.h"

namespace esplane::bench::generate::test {

class CaptureFile {
  public:
    explicit CaptureFile(bool is_big_endian = false, bool has_nanoseconds = false, std::uint32_t link_type = 1)
        : is_big_endian_(is_big_endian) {
        add(has_nanoseconds ? 0xa1b23c4dU : 0xa1b2c3d4U);
        add(std::uint16_t{2});
        add(std::uint16_t{4});
        for (const std::uint32_t field : {0U, 0U, 65535U, link_type})
            add(field);
    }

    /// `original_length` if the capture has cut the frame.
    void frame(std::uint32_t seconds, std::uint32_t fraction, const Bytes& octets, std::uint32_t original_length = 0) {
        const auto length = static_cast<std::uint32_t>(octets.size());
        for (const std::uint32_t field : {seconds, fraction, length, original_length == 0 ? length : original_length})
            add(field);
        append(file_, octets);
    }
    const Bytes& octets() const { return file_; }

  private:
    template <typename T>
    void add(T value) {
        std::uint8_t octets[sizeof(T)];
        store_be(octets, is_big_endian_ ? value : byte_swap(value));
        append(file_, octets);
    }

    Bytes file_;
    bool is_big_endian_;
};

}  // namespace esplane::bench::generate::test
