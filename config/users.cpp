#include "config/users.h"

#include <algorithm>

#include "config/document.h"
#include "config/files.h"
#include "config/fingerprint.h"
#include "config/section.h"
#include "config/text.h"
#include "crypto/ms_chap.h"
#include "ike/eap/bounds.h"

namespace esplane::config {
namespace {

using ike::eap::User;
using ike::eap::Users;

constexpr Key kRootKeys[] = {{"users"}};
constexpr Key kUserKeys[] = {{"password"}, {"nt_hash"}};

using Hash = std::optional<crypto::Secret>;

Parsed<Hash> hash_of_password(std::string_view password) {
    if (!crypto::ms_chap_available())
        return Failure{std::string("a password needs MD4, which OpenSSL has not here; install its legacy provider")};
    Hash hash = crypto::nt_hash(password);
    if (password.empty() || !hash) return Failure{std::string("a password has 1 to 256 characters, in UTF-8")};
    return hash;
}

Parsed<Hash> parse_hash(std::string_view text) {
    const Bytes octets = from_hex(text);
    if (octets.size() != crypto::kMsChapHash || text.size() != 2 * octets.size())
        return Failure{std::string("the MD4 of the password in UTF-16 is expected, 32 hexadecimal digits")};
    return Hash(crypto::Secret(octets));
}

std::optional<std::string> flaw_of_user(std::string_view name) {
    const auto unprintable = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
    if (!name.empty() && name.size() <= ike::eap::kLongestIdentity &&
        std::none_of(name.begin(), name.end(), unprintable))
        return std::nullopt;
    return quoted(name) + " cannot name a user; 1 to " + std::to_string(ike::eap::kLongestIdentity) +
           " octets without control characters are accepted";
}

User read_user(const Section& section) {
    User user;
    section.read("password", user.nt_hash, hash_of_password);
    const std::optional<Place> place = section.read("nt_hash", user.nt_hash, parse_hash);
    if (place && section.has("password"))
        section.complain(*place, "nt_hash", "there is password as well; only one is accepted");
    return user;
}

Users read_root(const YamlNode& document, Problems& problems) {
    Users users;
    const Section root(&document, nullptr, document.place, kRootKeys, problems);
    if (!root.has("users")) root.missing("users", "write 'users: {}' if there are none");
    const Entry* map = root.map("users");
    if (map == nullptr) return users;
    for (const Entry& entry : map->value->entries) {
        if (problems.full()) break;
        if (const auto flaw = flaw_of_user(entry.key)) problems.add(entry.key_place, *flaw);
        User user = read_user(root.section_of("users", entry, kUserKeys));
        if (!users.emplace(entry.key, std::move(user)).second)
            problems.add(entry.key_place, "duplicate user " + quoted(entry.key));
    }
    return users;
}

}  // namespace

Parsed<UsersFile> read_users_file(const std::string& path) {
    const Parsed<crypto::Secret> content = read_private_file(path, kLargestFile);
    if (!content) return Failure{content.error()};
    Problems problems;
    UsersFile file;
    if (const std::optional<Flaw> flaw = find_flaw(text_of(*content))) {
        problems.add(flaw->place, flaw->message);
    } else if (const NodePtr document = parse_document(text_of(*content), problems)) {
        file.users = read_root(*document, problems);
    }
    if (!problems.empty()) return Failure{problems.in_order(path).front().to_string()};
    file.digest = keyed_digest(content->view());
    return file;
}

}  // namespace esplane::config
