#include "gateway/responder.h"

#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <memory>

#include "crypto/http.h"
#include "dataplane/io/file_descriptor.h"

namespace esplane::gateway {
namespace {

using dataplane::FileDescriptor;
using std::chrono::milliseconds;

constexpr std::size_t kMostOctets = 64 << 10;

/// Empty when it cannot be reached by this address in time.
FileDescriptor connect_to(const addrinfo& address, std::uint32_t mark, milliseconds patience) {
    FileDescriptor socket(::socket(address.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (!socket.is_open()) return {};
    if (mark != 0 && setsockopt(socket.get(), SOL_SOCKET, SO_MARK, &mark, sizeof mark) != 0) return {};
    if (connect(socket.get(), address.ai_addr, address.ai_addrlen) == 0) return socket;
    pollfd waiting{.fd = socket.get(), .events = POLLOUT, .revents = 0};
    if (errno != EINPROGRESS || poll(&waiting, 1, static_cast<int>(patience.count())) != 1) return {};
    int error = 0;
    socklen_t length = sizeof error;
    if (getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &error, &length) != 0 || error != 0) return {};
    return socket;
}

Result<FileDescriptor, std::string> reach(const crypto::HttpUrl& url, std::uint32_t mark, milliseconds patience) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    const int failed = getaddrinfo(url.host.c_str(), url.port.c_str(), &hints, &found);
    const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> addresses(found, &freeaddrinfo);
    if (failed != 0) return Failure{"there is no address of " + url.host + ": " + gai_strerror(failed)};
    for (const addrinfo* each = addresses.get(); each != nullptr; each = each->ai_next) {
        FileDescriptor socket = connect_to(*each, mark, patience);
        if (socket.is_open()) return socket;
    }
    return Failure{url.host + " cannot be reached at port " + url.port};
}

}  // namespace

Result<Bytes, std::string> ask_responder(const ike::FetchStatus& question, std::uint32_t socket_mark,
                                         std::chrono::seconds patience) {
    const auto failure = [&](const std::string& why) { return Failure{"OCSP responder " + question.url + ": " + why}; };
    const auto url = crypto::parse_http_url(question.url);
    if (!url) return failure("its URL is none of HTTP");
    const auto socket = reach(*url, socket_mark, milliseconds(patience) / 2);
    if (!socket) return failure(socket.error());
    auto response = crypto::http_post(socket->get(), *url,
                                      {.content_type = "application/ocsp-request",
                                       .accepted_type = "application/ocsp-response",
                                       .body = question.request,
                                       .most_octets = kMostOctets,
                                       .patience = patience});
    if (!response) return failure(response.error());
    return response;
}

}  // namespace esplane::gateway
