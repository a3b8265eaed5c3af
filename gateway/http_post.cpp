#include "gateway/http_post.h"

#include <netdb.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/http.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <memory>

#include "dataplane/io/file_descriptor.h"

namespace esplane::gateway {
namespace {

using dataplane::FileDescriptor;
using std::chrono::milliseconds;

template <auto kFree>
struct FreeWith {
    template <typename Handle>
    void operator()(Handle* handle) const {
        kFree(handle);
    }
};
using Addresses = std::unique_ptr<addrinfo, FreeWith<freeaddrinfo>>;
using Bio = std::unique_ptr<BIO, FreeWith<BIO_free_all>>;
struct FreeHeaders {
    void operator()(STACK_OF(CONF_VALUE) * headers) const { sk_CONF_VALUE_pop_free(headers, X509V3_conf_free); }
};
using Headers = std::unique_ptr<STACK_OF(CONF_VALUE), FreeHeaders>;

struct Place {
    std::string host;
    std::string port;
    std::string path;
};

std::string taken(char* text) {
    std::string copy = text == nullptr ? "" : text;
    OPENSSL_free(text);
    return copy;
}

std::string openssl_reason() {
    const char* reason = ERR_reason_error_string(ERR_peek_last_error());
    std::string text = reason == nullptr ? "it does not answer in time" : reason;
    ERR_clear_error();
    return text;
}

Result<Place, std::string> parse_url(const std::string& url) {
    int is_tls = 0;
    char* host = nullptr;
    char* port = nullptr;
    char* path = nullptr;
    const int parsed =
        OSSL_HTTP_parse_url(url.c_str(), &is_tls, nullptr, &host, &port, nullptr, &path, nullptr, nullptr);
    Place place{taken(host), taken(port), taken(path)};
    if (parsed != 1 || is_tls != 0) {
        ERR_clear_error();
        return Failure{std::string("its URL is none of HTTP")};
    }
    return place;
}

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

Result<FileDescriptor, std::string> reach(const Place& place, const HttpPost& request) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    const int failed = getaddrinfo(place.host.c_str(), place.port.c_str(), &hints, &found);
    const Addresses addresses(found);
    if (failed != 0) return Failure{"there is no address of " + place.host + ": " + gai_strerror(failed)};
    for (const addrinfo* each = addresses.get(); each != nullptr; each = each->ai_next) {
        FileDescriptor socket = connect_to(*each, request.socket_mark, milliseconds(request.patience) / 2);
        if (socket.is_open()) return socket;
    }
    return Failure{place.host + " cannot be reached at port " + place.port};
}

}  // namespace

Result<Bytes, std::string> post(const HttpPost& request) {
    const auto place = parse_url(request.url);
    if (!place) return Failure{place.error()};
    const auto socket = reach(*place, request);
    if (!socket) return Failure{socket.error()};
    // With one of them alone OpenSSL would connect it, which it is.
    const Bio out(BIO_new_socket(socket->get(), BIO_NOCLOSE));
    const Bio in(BIO_new_socket(socket->get(), BIO_NOCLOSE));
    const Bio body(BIO_new_mem_buf(request.body.data(), static_cast<int>(request.body.size())));
    STACK_OF(CONF_VALUE)* list = nullptr;
    if (!out || !in || !body || X509V3_add_value("Host", place->host.c_str(), &list) != 1)
        return Failure{std::string("OpenSSL has no memory")};
    const Headers headers(list);
    const Bio answer(OSSL_HTTP_transfer(nullptr, nullptr, nullptr, place->path.c_str(), 0, nullptr, nullptr, out.get(),
                                        in.get(), nullptr, nullptr, 0, headers.get(), request.content_type.c_str(),
                                        body.get(), request.accepted_type.c_str(), 1, request.most_octets,
                                        static_cast<int>(request.patience.count()), 0));
    if (!answer) return Failure{openssl_reason()};
    Bytes octets(request.most_octets);
    std::size_t length = 0;
    for (int got = 0; length < octets.size(); length += static_cast<std::size_t>(got)) {
        got = BIO_read(answer.get(), octets.data() + length, static_cast<int>(octets.size() - length));
        if (got <= 0) break;
    }
    ERR_clear_error();
    octets.resize(length);
    return octets;
}

}  // namespace esplane::gateway
