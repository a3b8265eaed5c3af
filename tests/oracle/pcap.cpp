#include "tests/oracle/pcap.h"

#include <array>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace esplane::oracle {
namespace {

// In the order of this machine's octets, as whoever writes one may choose.
struct FileHeader {
    std::uint32_t magic = 0xa1b2c3d4;
    std::uint16_t major = 2;
    std::uint16_t minor = 4;
    std::uint32_t zone = 0;
    std::uint32_t accuracy = 0;
    std::uint32_t longest = 262144;
    std::uint32_t link = 101;  // LINKTYPE_RAW
};

struct RecordHeader {
    std::uint32_t seconds = 0;
    std::uint32_t microseconds = 0;
    std::uint32_t captured = 0;
    std::uint32_t length = 0;
};

template <typename Header>
Header take(ByteView& rest, const std::string& file) {
    Header header;
    if (rest.size() < sizeof header) throw std::runtime_error(file + ": cut");
    std::memcpy(&header, rest.data(), sizeof header);
    rest = rest.subspan(sizeof header);
    return header;
}

template <typename Header>
void put(std::ofstream& out, const Header& header) {
    out.write(reinterpret_cast<const char*>(&header), sizeof header);
}

}  // namespace

std::vector<Bytes> read_pcap(const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in) throw std::runtime_error(file + ": cannot be read");
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    ByteView rest = as_bytes(text);
    const auto header = take<FileHeader>(rest, file);
    if (header.magic != FileHeader{}.magic || header.link != FileHeader{}.link)
        throw std::runtime_error(file + ": not a capture of plain IP packets");
    std::vector<Bytes> packets;
    while (!rest.empty()) {
        const auto record = take<RecordHeader>(rest, file);
        if (record.captured != record.length || record.captured > rest.size()) throw std::runtime_error(file + ": cut");
        packets.push_back(to_bytes(rest.first(record.captured)));
        rest = rest.subspan(record.captured);
    }
    return packets;
}

void write_pcap(const std::string& file, const std::vector<Bytes>& packets) {
    std::ofstream out(file, std::ios::binary);
    put(out, FileHeader{});
    for (const Bytes& packet : packets) {
        const auto length = static_cast<std::uint32_t>(packet.size());
        put(out, RecordHeader{.captured = length, .length = length});
        out.write(reinterpret_cast<const char*>(packet.data()), length);
    }
    if (!out.flush()) throw std::runtime_error(file + ": cannot be written");
}

}  // namespace esplane::oracle
