#include "crypto/pem.h"

#include <openssl/pem.h>

#include "crypto/openssl_x509.h"

namespace esplane::crypto {

Result<std::vector<PemBlock>, std::string> parse_pem(std::string_view text) {
    const DropErrors drop_errors;
    const Bio in(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
    require(in != nullptr, "OpenSSL has no memory for text");
    std::vector<PemBlock> blocks;
    for (;;) {
        char* label = nullptr;
        char* header = nullptr;
        std::uint8_t* content = nullptr;
        long length = 0;
        if (PEM_read_bio(in.get(), &label, &header, &content, &length) != 1) break;
        blocks.push_back({label, Secret(ByteView(content, static_cast<std::size_t>(length)))});
        OPENSSL_free(label);
        OPENSSL_free(header);
        OPENSSL_clear_free(content, static_cast<std::size_t>(length));
    }
    if (ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE) {
        return Failure{"block " + std::to_string(blocks.size() + 1) + " of the PEM text is damaged"};
    }
    return blocks;
}

bool looks_like_pem(std::string_view text) {
    return text.find("-----BEGIN ") != std::string_view::npos;
}

std::string to_pem(const std::string& label, ByteView der) {
    const Bio out(BIO_new(BIO_s_mem()));
    require(out && PEM_write_bio(out.get(), label.c_str(), "", der.data(), static_cast<long>(der.size())) > 0,
            "OpenSSL failed to write PEM");
    return to_text(*out);
}

}  // namespace esplane::crypto
