#include "crypto/distinguished_name.h"

#include <algorithm>

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

std::string_view trimmed(std::string_view text) {
    const std::size_t begin = std::min(text.find_first_not_of(' '), text.size());
    return text.substr(begin, text.find_last_not_of(' ') + 1 - begin);
}

/// Cuts off what stands before the next comma that is not escaped, without its backslashes. `is_last`: there was none.
std::string take_part(std::string_view& text, bool& is_last) {
    std::string part;
    is_last = false;
    while (!text.empty()) {
        const char c = text.front();
        text.remove_prefix(1);
        if (c == ',') return part;
        if (c == '\\' && !text.empty()) {
            part += text.front();
            text.remove_prefix(1);
        } else {
            part += c;
        }
    }
    is_last = true;
    return part;
}

bool add_part(X509_NAME& name, std::string_view part) {
    const std::size_t equals = part.find('=');
    if (equals == std::string_view::npos) return false;
    const std::string type(trimmed(part.substr(0, equals)));
    const std::string_view value = trimmed(part.substr(equals + 1));
    return !value.empty() && X509_NAME_add_entry_by_txt(&name, type.c_str(), MBSTRING_UTF8,
                                                        reinterpret_cast<const unsigned char*>(value.data()),
                                                        static_cast<int>(value.size()), -1, 0) == 1;
}

X509Name reversed(const X509_NAME& name) {
    X509Name result(X509_NAME_new());
    for (int i = X509_NAME_entry_count(&name); i-- > 0;) {
        if (X509_NAME_add_entry(result.get(), X509_NAME_get_entry(&name, i), -1, 0) != 1) return nullptr;
    }
    return result;
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

std::optional<Bytes> parse_distinguished_name(std::string_view text) {
    const DropErrors drop_errors;
    const X509Name name(X509_NAME_new());
    require(name != nullptr, "OpenSSL has no memory for a name");
    for (bool is_last = false; !is_last;) {
        if (!add_part(*name, take_part(text, is_last))) return std::nullopt;
    }
    return distinguished_name_der(name.get());
}

bool is_distinguished_name(ByteView der) {
    const DropErrors drop_errors;
    const X509Name name = parse(der);
    return name && X509_NAME_entry_count(name.get()) > 0;
}

bool same_distinguished_name(ByteView a, ByteView b) {
    const DropErrors drop_errors;
    const X509Name left = parse(a);
    const X509Name right = parse(b);
    if (!left || !right || X509_NAME_entry_count(left.get()) == 0) return false;
    if (X509_NAME_cmp(left.get(), right.get()) == 0) return true;
    const X509Name mirrored = reversed(*right);
    return mirrored && X509_NAME_cmp(left.get(), mirrored.get()) == 0;
}

bool is_name(ByteView der, const X509_NAME* name) {
    const DropErrors drop_errors;
    const X509Name asked = parse(der);
    return asked && X509_NAME_entry_count(asked.get()) > 0 && X509_NAME_cmp(asked.get(), name) == 0;
}

}  // namespace esplane::crypto
