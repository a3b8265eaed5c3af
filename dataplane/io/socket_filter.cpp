#include "dataplane/io/socket_filter.h"

#include <linux/filter.h>
#include <sys/socket.h>

#include <limits>
#include <span>

namespace esplane::dataplane {
namespace {

constexpr std::uint32_t kWholePacket = std::numeric_limits<std::uint32_t>::max();

bool attach(int fd, int option, std::span<sock_filter> code) {
    const sock_fprog program{.len = static_cast<unsigned short>(code.size()), .filter = code.data()};
    return setsockopt(fd, SOL_SOCKET, option, &program, sizeof program) == 0;
}

/// X = where ESP begins: a raw IPv4 socket sees the IP header, too; an IPv6 one does not (raw(7), RFC 3542 3).
sock_filter find_esp(Family family) {
    if (family == Family::kIpv4) return BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, 0);
    return BPF_STMT(BPF_LDX | BPF_W | BPF_IMM, 0);
}

bool keep_those_of_none(int fd, Family family, std::uint32_t workers) {
    sock_filter code[] = {
        find_esp(family),
        BPF_STMT(BPF_LD | BPF_W | BPF_LEN, 0),
        BPF_STMT(BPF_ALU | BPF_SUB | BPF_X, 0),
        BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, sizeof(Spi), 0, 4),
        BPF_STMT(BPF_LD | BPF_W | BPF_IND, 0),
        BPF_STMT(BPF_ALU | BPF_AND | BPF_K, kWorkerOfSpi),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 0),
        BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, workers, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, kWholePacket),
        BPF_STMT(BPF_RET | BPF_K, 0),
    };
    return attach(fd, SO_ATTACH_FILTER, code);
}

bool keep_those_of(int fd, Family family, WorkerId worker) {
    sock_filter code[] = {
        find_esp(family),
        // Of what is too short for an SPI nothing is kept: a load beyond its end says so.
        BPF_STMT(BPF_LD | BPF_W | BPF_IND, 0),
        BPF_STMT(BPF_ALU | BPF_AND | BPF_K, kWorkerOfSpi),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, to_number(worker), 0, 1),
        BPF_STMT(BPF_RET | BPF_K, kWholePacket),
        BPF_STMT(BPF_RET | BPF_K, 0),
    };
    return attach(fd, SO_ATTACH_FILTER, code);
}

}  // namespace

bool drop_all(int fd) {
    sock_filter code[] = {BPF_STMT(BPF_RET | BPF_K, 0)};
    return attach(fd, SO_ATTACH_FILTER, code);
}

bool steer_by_spi(int fd, std::size_t workers) {
    sock_filter code[] = {
        // The SPI, or the zeros that mark IKE (RFC 3948 2.2). A load beyond the end says 0 of the whole packet.
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
        BPF_STMT(BPF_ALU | BPF_AND | BPF_K, kWorkerOfSpi),
        BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, static_cast<std::uint32_t>(workers), 2, 0),
        // What is said is an index into the sockets in the order of their binding.
        BPF_STMT(BPF_ALU | BPF_MUL | BPF_K, 2),
        BPF_STMT(BPF_RET | BPF_A, 0),
        BPF_STMT(BPF_RET | BPF_K, 0),
    };
    return attach(fd, SO_ATTACH_REUSEPORT_CBPF, code);
}

bool set_strangers_apart(int fd) {
    // RFC 7296 3.1: offsets in the header of IKE; and 2.6: a cookie comes as the first payload.
    constexpr std::uint32_t kNextPayload = 16;
    constexpr std::uint32_t kExchange = 18;
    constexpr std::uint32_t kFlags = 19;
    constexpr std::uint32_t kIkeSaInit = 34;
    constexpr std::uint32_t kResponse = 0x20;
    constexpr std::uint32_t kNotify = 41;
    sock_filter code[] = {
        // A load beyond the end says 0 of the whole packet.
        BPF_STMT(BPF_LD | BPF_B | BPF_ABS, kExchange),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, kIkeSaInit, 0, 5),
        BPF_STMT(BPF_LD | BPF_B | BPF_ABS, kFlags),
        BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, kResponse, 3, 0),
        BPF_STMT(BPF_LD | BPF_B | BPF_ABS, kNextPayload),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, kNotify, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, 1),
        BPF_STMT(BPF_RET | BPF_K, 0),
    };
    return attach(fd, SO_ATTACH_REUSEPORT_CBPF, code);
}

bool keep_own_spis(int fd, Family family, WorkerId worker, std::size_t workers) {
    if (worker == WorkerId{}) return keep_those_of_none(fd, family, static_cast<std::uint32_t>(workers));
    return keep_those_of(fd, family, worker);
}

}  // namespace esplane::dataplane
