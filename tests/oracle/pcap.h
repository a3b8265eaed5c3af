// Captures of plain IP packets: the classic format, LINKTYPE_RAW, whole packets.
#pragma once

#include <string>
#include <vector>

#include "crypto/bytes.h"

namespace esplane::oracle {

/// Throws std::runtime_error when the file is not there, not of this kind, or cut.
std::vector<Bytes> read_pcap(const std::string& file);
void write_pcap(const std::string& file, const std::vector<Bytes>& packets);

}  // namespace esplane::oracle
