#include "crypto/distinguished_name.h"

#include "crypto/openssl_x509.h"
#include "crypto/require.h"

namespace esplane::crypto {
namespace {

constexpr std::size_t kLongestText = 400;

X509Name parse(ByteView der) {
    const std::uint8_t* at = der.data();
    X509Name name(d2i_X509_NAME(nullptr, &at, static_cast<long>(der.size())));
    return name && at == der.data() + der.size() ? std::move(name) : nullptr;
}

}  // namespace

std::string distinguished_name_text(const X509_NAME* name) {
    const DropErrors drop_errors;
    const Bio out(BIO_new(BIO_s_mem()));
    require(out != nullptr, "OpenSSL has no memory for text");
    if (X509_NAME_print_ex(out.get(), name, 0, XN_FLAG_RFC2253) < 0) return "<not a name>";
    std::string text = to_text(*out);
    if (text.empty()) return "<no name>";
    if (text.size() > kLongestText) text = text.substr(0, kLongestText) + "...";
    return text;
}

std::string distinguished_name_text(ByteView der) {
    const DropErrors drop_errors;
    const X509Name name = parse(der);
    return name ? distinguished_name_text(name.get()) : "<not a name>";
}

Bytes distinguished_name_der(const X509_NAME* name) {
    return to_der<i2d_X509_NAME>(name);
}

bool is_name(ByteView der, const X509_NAME* name) {
    const DropErrors drop_errors;
    const X509Name asked = parse(der);
    return asked && X509_NAME_entry_count(asked.get()) > 0 && X509_NAME_cmp(asked.get(), name) == 0;
}

}  // namespace esplane::crypto
