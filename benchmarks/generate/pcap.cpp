#include "benchmarks/generate/pcap.h"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace esplane::bench::generate {
namespace {

constexpr std::size_t kFileHeader = 24;
constexpr std::size_t kVersionAt = 4;
constexpr std::size_t kLinkTypeAt = 20;
constexpr std::size_t kRecordHeader = 16;
constexpr std::uint32_t kMicroseconds = 0xa1b2c3d4;
constexpr std::uint32_t kNanoseconds = 0xa1b23c4d;
constexpr std::uint32_t kPcapng = 0x0a0d0d0a;  // the same in either order
constexpr std::uint16_t kVersion = 2;
constexpr std::uint32_t kLongest = 262144;  // libpcap writes no longer ones

class Parser {
  public:
    explicit Parser(ByteView file) : file_(file) {
        if (file_.size() < kFileHeader) fail(0, "too short for a capture");
        read_magic();
        if (number<std::uint16_t>(kVersionAt) != kVersion) fail(kVersionAt, "not version 2 of the format");
    }

    Capture parse() {
        // The upper bits say whether frames have an FCS.
        Capture capture{.link_type = number<std::uint32_t>(kLinkTypeAt) & 0xffff};
        for (std::size_t at = kFileHeader; at < file_.size();) {
            capture.frames.push_back(frame(at));
            at += kRecordHeader + capture.frames.back().octets.size();
        }
        return capture;
    }

  private:
    void read_magic() {
        for (const bool is_big_endian : {false, true}) {
            is_big_endian_ = is_big_endian;
            const auto magic = number<std::uint32_t>(0);
            if (magic == kPcapng) fail(0, "pcapng, not pcap: editcap -F pcap makes one of the other");
            if (magic != kMicroseconds && magic != kNanoseconds) continue;
            fraction_ = std::chrono::nanoseconds(magic == kNanoseconds ? 1 : 1000);
            return;
        }
        fail(0, "not a capture");
    }

    CapturedFrame frame(std::size_t at) const {
        if (file_.size() - at < kRecordHeader) fail(at, "the header of a frame is cut off");
        const auto length = number<std::uint32_t>(at + 8);
        if (length > kLongest) fail(at + 8, fmt::format("a frame of {} octets", length));
        if (file_.size() - at - kRecordHeader < length) fail(at + kRecordHeader, "a frame is cut off");
        return {.time = std::chrono::seconds(number<std::uint32_t>(at)) + number<std::uint32_t>(at + 4) * fraction_,
                .original_length = number<std::uint32_t>(at + 12),
                .octets = to_bytes(file_.subspan(at + kRecordHeader, length))};
    }

    template <typename T>
    T number(std::size_t at) const {
        const T value = load_be<T>(file_.data() + at);
        return is_big_endian_ ? value : byte_swap(value);
    }

    [[noreturn]] static void fail(std::size_t at, const std::string& what) {
        throw std::runtime_error(fmt::format("octet {}: {}", at, what));
    }

    ByteView file_;
    bool is_big_endian_ = false;
    std::chrono::nanoseconds fraction_{};  // what the second number of a time counts
};

}  // namespace

Capture parse_pcap(ByteView file) {
    return Parser(file).parse();
}

Capture read_pcap(const std::string& file) {
    std::error_code error;
    std::ifstream in;
    // A folder opens like a file, and cannot be read.
    if (!std::filesystem::is_directory(file, error)) in.open(file, std::ios::binary);
    if (!in.is_open()) throw std::runtime_error(file + ": cannot be read");
    const std::string content(std::istreambuf_iterator<char>(in), {});
    try {
        return parse_pcap(as_bytes(content));
    } catch (const std::runtime_error& problem) {
        throw std::runtime_error(file + ": " + problem.what());
    }
}

}  // namespace esplane::bench::generate
