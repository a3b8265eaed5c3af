#include "config/fingerprint.h"

#include "crypto/prf.h"
#include "crypto/random.h"

namespace esplane::config {
namespace {

std::string text_of(bool value) {
    return value ? "yes" : "no";
}
std::string text_of(std::uint32_t value) {
    return std::to_string(value);
}
std::string text_of(std::uint64_t value) {
    return std::to_string(value);
}
std::string text_of(std::chrono::milliseconds value) {
    return std::to_string(value.count());
}
std::string text_of(const std::string& value) {
    return value;
}
template <typename T>
std::string text_of(const T& value) requires requires {
    value.to_string();
}
{ return value.to_string(); }
template <typename T>
std::string text_of(const T& value) requires requires {
    ike::to_string(value);
}
{ return ike::to_string(value); }
/// By what it does to a header without DSCP and to one with all of its bits.
std::string text_of(dataplane::DscpPolicy policy) {
    return std::to_string(policy.outer_traffic_class(0)) + ' ' + std::to_string(policy.outer_traffic_class(0xfc));
}
std::string text_of(const ike::ChildPolicy& child) {
    return child.name + ": " + dataplane::to_string(child.selectors.local) +
           " === " + dataplane::to_string(child.selectors.remote) + ';';
}
template <typename T>
std::string text_of(const std::optional<T>& value) {
    return value ? text_of(*value) : "none";
}
template <typename T>
std::string text_of(const std::vector<T>& values) {
    std::string result;
    for (const T& value : values)
        result += text_of(value) + ' ';
    return result;
}

std::string digest(const crypto::Secret* secret) {
    return secret == nullptr ? "none" : keyed_digest(secret->view());
}

class Writer {
  public:
    template <typename T>
    Writer& line(const char* name, const T& value) {
        text_ += name;
        text_ += '=';
        text_ += text_of(value);
        text_ += '\n';
        return *this;
    }
    std::string text() const { return text_; }

  private:
    std::string text_;
};

}  // namespace

std::string keyed_digest(ByteView secret) {
    static const Bytes kRunKey = crypto::SystemRandom().bytes(32);
    return to_hex(crypto::prf(crypto::PrfId::kHmacSha256, kRunKey, {secret}).view());
}

std::string fingerprint(const gateway::TunnelOptions& tunnel) {
    const ike::TunnelOptions& ike = tunnel.ike;
    return Writer()
        .line("name", ike.name)
        .line("local.address", ike.local_address)
        .line("local.id", text_of(static_cast<std::uint32_t>(ike.local_id.type)) + ' ' + ike.local_id.to_string())
        .line("remote.address", ike.remote_address)
        .line("remote.id", ike.remote_id)
        .line("children", ike.children)
        .line("virtual", ike.virtual_address)
        .line("pool.addresses", ike.pool ? ike.pool->addresses : std::vector<Prefix>())
        .line("pool.dns", ike.pool ? ike.pool->dns : std::vector<IpAddress>())
        .line("psk", digest(ike.psk.get()))
        .line("ppk", digest(ike.ppk ? &ike.ppk->key : nullptr))
        .line("ppk_id", ike.ppk ? ike.ppk->id : "none")
        .line("ppk_required", ike.ppk && ike.ppk->required)
        .line("certificate", ike.certificate ? ike.certificate->digest : "none")
        .line("revocation", ike.certificate ? static_cast<std::uint32_t>(ike.certificate->revocation) : 0U)
        .line("ocsp", ike.certificate && ike.certificate->fetches_status)
        .line("eap_authenticator", ike.eap_authenticator ? ike.eap_authenticator->digest() : "none")
        .line("eap_supplicant", ike.eap_supplicant ? ike.eap_supplicant->digest() : "none")
        .line("ike.proposals", ike.ike_proposals)
        .line("ike.lifetime", ike.ike_lifetime)
        .line("ike.rekey_margin", ike.ike_rekey_margin)
        .line("ike.reauthentication", ike.reauthentication)
        .line("ike.redirect", ike.follow_redirects)
        .line("ike.mobike", ike.mobike)
        .line("ike.childless", static_cast<std::uint32_t>(ike.childless))
        .line("esp.proposals", ike.esp_proposals)
        .line("esp.lifetime", ike.esp_lifetime)
        .line("esp.rekey_margin", ike.esp_rekey_margin)
        .line("esp.lifetime_bytes", ike.esp_lifetime_bytes)
        .line("esp.lifetime_packets", ike.esp_lifetime_packets)
        .line("esp.tfc", tunnel.tfc_to_mtu)
        .line("esp.mode", static_cast<std::uint32_t>(ike.mode))
        .line("esp.esn", ike.esn)
        .line("esp.verify_pfs", ike.verify_pfs)
        .line("esp.replay_window", ike.replay_window)
        .line("dpd.delay", ike.dpd.delay)
        .line("dpd.timeout", ike.dpd.timeout)
        .line("dpd.action", static_cast<std::uint32_t>(ike.dpd.action))
        .line("start", static_cast<std::uint32_t>(ike.start))
        .line("encap", ike.force_encap)
        .line("interface", tunnel.interface)
        .line("routes", tunnel.routes)
        .line("mtu", tunnel.mtu_bytes)
        .line("mss", tunnel.mss_bytes)
        .line("fragment", static_cast<std::uint32_t>(tunnel.fragment))
        .line("df", static_cast<std::uint32_t>(tunnel.df))
        .line("dscp", tunnel.dscp)
        .text();
}

}  // namespace esplane::config
