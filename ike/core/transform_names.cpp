#include "ike/core/transform_names.h"

#include <algorithm>
#include <array>
#include <span>
#include <string_view>

#include "ike/core/suite.h"

namespace esplane::ike {
namespace {

using wire::TransformType;

/// A row of the IANA registry "IKEv2 Transform". A "*" in a cipher's name is where its key length goes.
struct Entry {
    std::uint16_t id;
    std::string_view name;
};

constexpr Entry kEncr[] = {{1, "des-iv64"},
                           {2, "des"},
                           {3, "3des"},
                           {4, "rc5"},
                           {5, "idea"},
                           {6, "cast*"},
                           {7, "blowfish*"},
                           {8, "3idea"},
                           {9, "des-iv32"},
                           {11, "null"},
                           {12, "aes*"},
                           {13, "aes*ctr"},
                           {14, "aes*ccm8"},
                           {15, "aes*ccm12"},
                           {16, "aes*ccm16"},
                           {18, "aes*gcm8"},
                           {19, "aes*gcm12"},
                           {20, "aes*gcm16"},
                           {21, "aes*gmac"},
                           {23, "camellia*"},
                           {24, "camellia*ctr"},
                           {25, "camellia*ccm8"},
                           {26, "camellia*ccm12"},
                           {27, "camellia*ccm16"},
                           {28, "chacha20poly1305"},
                           {29, "aes*ccm8iiv"},
                           {30, "aes*gcm16iiv"},
                           {31, "chacha20poly1305iiv"}};

constexpr Entry kPrf[] = {{1, "prfmd5"},    {2, "prfsha1"},   {3, "prftiger"},  {4, "prfaesxcbc"},
                          {5, "prfsha256"}, {6, "prfsha384"}, {7, "prfsha512"}, {8, "prfaescmac"}};

constexpr Entry kInteg[] = {{0, "nointeg"},     {1, "md5"},         {2, "sha1"},     {3, "desmac"},  {4, "kpdkmd5"},
                            {5, "aesxcbc"},     {6, "md5_128"},     {7, "sha1_160"}, {8, "aescmac"}, {9, "aes128gmac"},
                            {10, "aes192gmac"}, {11, "aes256gmac"}, {12, "sha256"},  {13, "sha384"}, {14, "sha512"}};

constexpr Entry kDh[] = {{0, "nodh"},          {1, "modp768"},       {2, "modp1024"},      {5, "modp1536"},
                         {14, "modp2048"},     {15, "modp3072"},     {16, "modp4096"},     {17, "modp6144"},
                         {18, "modp8192"},     {19, "ecp256"},       {20, "ecp384"},       {21, "ecp521"},
                         {22, "modp1024s160"}, {23, "modp2048s224"}, {24, "modp2048s256"}, {25, "ecp192"},
                         {26, "ecp224"},       {27, "ecp224bp"},     {28, "ecp256bp"},     {29, "ecp384bp"},
                         {30, "ecp512bp"},     {31, "x25519"},       {32, "x448"},         {35, "mlkem512"},
                         {36, "mlkem768"},     {37, "mlkem1024"}};

constexpr Entry kEsn[] = {{0, "noesn"}, {1, "esn"}};

struct Registry {
    TransformType type;
    std::string_view label;  ///< for numbers without a name
    std::span<const Entry> entries;
};

constexpr Registry kRegistries[] = {{TransformType::kEncr, "encr", kEncr},
                                    {TransformType::kPrf, "prf", kPrf},
                                    {TransformType::kInteg, "integ", kInteg},
                                    {TransformType::kDh, "dh", kDh},
                                    {TransformType::kEsn, "esn", kEsn}};

std::string with_key_length(std::string_view name, std::optional<std::uint16_t> key_bits) {
    const std::string bits = key_bits ? std::to_string(*key_bits) : "";
    const std::size_t star = name.find('*');
    if (star != std::string_view::npos) {
        return std::string(name.substr(0, star)) + bits + std::string(name.substr(star + 1));
    }
    return std::string(name) + (key_bits ? "/" + bits : "");
}

std::string registered_name(const wire::Transform& transform);

/// Methods of all key exchanges stand in one registry (RFC 9370 4.1).
std::string additional_name(wire::Transform transform) {
    const int number = static_cast<int>(transform.type) - static_cast<int>(TransformType::kAddKe1) + 1;
    transform.type = TransformType::kDh;
    const std::string method = transform.id == 0 ? "none" : registered_name(transform);
    return "ke" + std::to_string(number) + "_" + method;
}

std::string registered_name(const wire::Transform& transform) {
    if (transform.type >= TransformType::kAddKe1 && transform.type <= TransformType::kAddKe7)
        return additional_name(transform);
    for (const Registry& registry : kRegistries) {
        if (registry.type != transform.type) continue;
        const auto entry = std::find_if(registry.entries.begin(), registry.entries.end(),
                                        [&](const Entry& candidate) { return candidate.id == transform.id; });
        if (entry != registry.entries.end()) return with_key_length(entry->name, transform.key_bits);
        return with_key_length(std::string(registry.label) + "-" + std::to_string(transform.id), transform.key_bits);
    }
    return "type-" + std::to_string(static_cast<int>(transform.type)) + "-" + std::to_string(transform.id);
}

}  // namespace

std::string name_of(const wire::Transform& transform) {
    return registered_name(transform) + (transform.unknown_attribute ? "?" : "");
}

}  // namespace esplane::ike
