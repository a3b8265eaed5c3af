#include "ike/core/diagnosis.h"
#include "ike/core/diagnosis_words.h"

namespace esplane::ike::diagnosis {

namespace {

/// "(mschapv2, EAP identity 'alice')"
std::string account_of(const eap::Conversation& conversation) {
    const std::string& identity = conversation.identity();
    const std::string method = conversation.method();
    return "(" + (method.empty() ? "before there was a method" : method) + ", " +
           (identity.empty() ? "no EAP identity" : "EAP identity '" + printable(identity) + "'") + ")";
}

bool is_by_certificate(const eap::Conversation& conversation) {
    return conversation.method() == "tls";
}

std::string what_lets_it_in(const TunnelOptions& tunnel, const eap::Conversation& conversation) {
    if (!is_by_certificate(conversation)) return "its configuration with " + key(tunnel, "auth");
    return "its certificate and its EAP identity with " + key(tunnel, "auth") + ": ca, crl and users_file";
}

std::string what_lets_us_in(const TunnelOptions& tunnel, const eap::Conversation& conversation) {
    return key(tunnel, "auth") +
           (is_by_certificate(conversation) ? ": certificate, user, ca, crl and aaa_id" : std::string());
}

}  // namespace

LastError eap_failed(const TunnelOptions& tunnel, const IpAddress& peer, const eap::Conversation& conversation,
                     std::string_view why) {
    return {"eap_failed", who(tunnel, peer) + " does not prove itself by EAP " + account_of(conversation) + ": " +
                              std::string(why) + ". Compare " + what_lets_it_in(tunnel, conversation) + "."};
}

LastError eap_refused(const TunnelOptions& tunnel, const IpAddress& peer, const eap::Conversation& conversation,
                      std::string_view why) {
    return {"eap_failed", who(tunnel, peer) + " does not let us in by EAP " + account_of(conversation) + ": " +
                              std::string(why) + ". Compare " + what_lets_us_in(tunnel, conversation) +
                              " with what it knows of us; its log says more."};
}

LastError gateway_unproven(const TunnelOptions& tunnel, const IpAddress& peer) {
    return {"eap_failed", who(tunnel, peer) +
                              " asks for EAP, but has not proven itself by a certificate before, as a gateway must "
                              "that we prove ourselves to by " +
                              key(tunnel, "auth") + ". Give it a certificate of an authority that we believe."};
}

LastError wrong_eap_key(const TunnelOptions& tunnel, const IpAddress& peer, const wire::Id& peer_id) {
    return {"eap_failed", who(tunnel, peer) + " says it is " + describe(peer_id) +
                              ", but its AUTH is not made from the key that EAP has given both sides. Somebody "
                              "sits between the two, or the peer is at fault: look into its log."};
}

LastError only_answers(const TunnelOptions& tunnel) {
    return {"only_answers", "Tunnel " + tunnel.name + " cannot be started from here: " + key(tunnel, "auth") +
                                " asks whoever begins for EAP. Wait for the peer to start it."};
}

LastError only_begins(const TunnelOptions& tunnel, const IpAddress& peer) {
    return {"only_begins", who(tunnel, peer) + " begins, but " + key(tunnel, "auth") +
                               " proves us by EAP, which takes that we do. Have the peer wait, and start the tunnel "
                               "from here."};
}

}  // namespace esplane::ike::diagnosis
