#include "crypto/http.h"

#include <openssl/http.h>

#include "crypto/openssl_x509.h"

namespace esplane::crypto {
namespace {

struct FreeHeaders {
    void operator()(STACK_OF(CONF_VALUE) * headers) const { sk_CONF_VALUE_pop_free(headers, X509V3_conf_free); }
};
using Headers = std::unique_ptr<STACK_OF(CONF_VALUE), FreeHeaders>;

std::string taken(char* text) {
    std::string copy = text == nullptr ? "" : text;
    OPENSSL_free(text);
    return copy;
}

std::string last_reason() {
    const char* reason = ERR_reason_error_string(ERR_peek_last_error());
    return reason == nullptr ? "it does not answer in time" : reason;
}

}  // namespace

std::optional<HttpUrl> parse_http_url(const std::string& url) {
    const DropErrors drop_errors;
    int is_tls = 0;
    char* host = nullptr;
    char* port = nullptr;
    char* path = nullptr;
    const int parsed =
        OSSL_HTTP_parse_url(url.c_str(), &is_tls, nullptr, &host, &port, nullptr, &path, nullptr, nullptr);
    HttpUrl result{taken(host), taken(port), taken(path)};
    if (parsed != 1 || is_tls != 0) return std::nullopt;
    return result;
}

Result<Bytes, std::string> http_post(int socket, const HttpUrl& url, const HttpPost& request) {
    const DropErrors drop_errors;
    // With one of them alone OpenSSL would connect it, which it is.
    const Bio out(BIO_new_socket(socket, BIO_NOCLOSE));
    const Bio in(BIO_new_socket(socket, BIO_NOCLOSE));
    const Bio body(BIO_new_mem_buf(request.body.data(), static_cast<int>(request.body.size())));
    STACK_OF(CONF_VALUE)* list = nullptr;
    require(out && in && body && X509V3_add_value("Host", url.host.c_str(), &list) == 1, "OpenSSL has no memory");
    const Headers headers(list);
    const Bio answer(OSSL_HTTP_transfer(nullptr, nullptr, nullptr, url.path.c_str(), 0, nullptr, nullptr, out.get(),
                                        in.get(), nullptr, nullptr, 0, headers.get(), request.content_type.c_str(),
                                        body.get(), request.accepted_type.c_str(), 1, request.most_octets,
                                        static_cast<int>(request.patience.count()), 0));
    if (!answer) return Failure{last_reason()};
    Bytes octets(request.most_octets);
    std::size_t length = 0;
    for (int got = 0; length < octets.size(); length += static_cast<std::size_t>(got)) {
        got = BIO_read(answer.get(), octets.data() + length, static_cast<int>(octets.size() - length));
        if (got <= 0) break;
    }
    octets.resize(length);
    return octets;
}

}  // namespace esplane::crypto
