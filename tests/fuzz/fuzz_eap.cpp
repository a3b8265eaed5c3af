// Both sides of EAP, by certificates and by passwords, and whoever sits between them: the input says what becomes of
// their packets. Nothing may crash; what either side says must be a packet that fits; nobody who has not the right key
// gets anywhere, and whoever has it does where nothing is done to it; and both have the same key in the end, or one has
// none.
#include <algorithm>

#include "crypto/certificate_maker.h"
#include "crypto/ms_chap.h"
#include "crypto/require.h"
#include "ike/eap/authenticator.h"
#include "ike/eap/bounds.h"
#include "ike/eap/mschapv2.h"
#include "ike/eap/packet.h"
#include "ike/eap/supplicant.h"
#include "ike/eap/tls.h"

namespace esplane::ike::eap {
namespace {

using crypto::require;

constexpr std::chrono::sys_seconds kNow{std::chrono::sys_days(std::chrono::year(2026) / 6 / 1)};
constexpr std::size_t kLongestPacket = kTlsFragment + 16;
constexpr std::string_view kPassword = "Wonderland";

/// Consumes the input from the front; zeros when it has ended.
class Script {
  public:
    explicit Script(ByteView input) : rest_(input) {}
    std::uint8_t octet() {
        const ByteView one = octets(1);
        return one.empty() ? 0 : one[0];
    }
    ByteView octets(std::size_t count) {
        const ByteView taken = rest_.first(std::min(count, rest_.size()));
        rest_ = rest_.subspan(taken.size());
        return taken;
    }

  private:
    ByteView rest_;
};

/// What alice and the server have, made once.
class World {
  public:
    World()
        : ca_key_(crypto::generate_key(crypto::NewKey::kEcdsa256)),
          ca_(crypto::make_ca("CA", ca_key_, kValidity, random_).value()),
          trust_(std::make_shared<const crypto::TrustStore>(crypto::TrustStore::of({ca_}).value())),
          server_(settings(crypto::TlsSide::kServer, "server.example.org")),
          alice_(settings(crypto::TlsSide::kClient, "alice")) {}

    MethodOffers server_offers(bool reversed) const {
        Users users;
        users["alice"].nt_hash = crypto::nt_hash(kPassword);
        users["bob"].nt_hash = crypto::nt_hash("Builder");
        const auto known = std::make_shared<const Users>(std::move(users));
        MethodOffers offers{tls_server(server_, known), mschapv2_server(known)};
        if (reversed) std::swap(offers[0], offers[1]);
        return offers;
    }
    MethodOffers peer_offers(bool by_password) const {
        if (by_password) {
            return {mschapv2_peer(std::make_shared<const crypto::Secret>(*crypto::nt_hash(kPassword)))};
        }
        const crypto::Identity name = crypto::parse_identity("server.example.org");
        return {tls_peer(alice_, {[name](const crypto::Certificate& leaf) { return leaf.identity_fits(name); }, "it"})};
    }

  private:
    static constexpr crypto::Validity kValidity{kNow - std::chrono::hours(24), kNow + std::chrono::hours(24)};

    crypto::TlsSettings settings(crypto::TlsSide side, const std::string& name) {
        const crypto::PrivateKey key = crypto::generate_key(crypto::NewKey::kEd25519);
        const auto certificate =
            crypto::make_gateway({crypto::parse_identity(name)}, key.public_key(), {ca_, ca_key_}, kValidity, random_);
        return crypto::TlsSettings::of(side, {{certificate.value()}, key, trust_}).value();
    }

    crypto::SeededRandom random_{1};
    crypto::PrivateKey ca_key_;
    crypto::Certificate ca_;
    std::shared_ptr<const crypto::TrustStore> trust_;
    crypto::TlsSettings server_;
    crypto::TlsSettings alice_;
};

class Line {
  public:
    explicit Line(ByteView input) : script_(input) {
        static const World kWorld;
        const std::uint8_t what = script_.octet();
        liar_ = (what & 1) != 0;  // has what alice has, and says to be bob
        server_ = MethodAuthenticator(kWorld.server_offers((what & 2) != 0), "").begin_conversation(random_, kNow);
        peer_ = MethodSupplicant(liar_ ? "bob" : "alice", kWorld.peer_offers((what & 4) != 0), "")
                    .begin_conversation(random_, kNow);
    }

    void run() {
        Bytes packet = server_->begin();
        for (std::size_t turn = 0; !packet.empty(); ++turn) {
            require(turn <= 4 * kMostRounds, "a conversation has no end");
            require(parse(packet).has_value() && packet.size() <= kLongestPacket, "a packet of ours is none");
            before_.push_back(packet);
            meddle(packet);
            meddled_ = meddled_ || packet != before_.back();
            packet = turn % 2 == 0 ? hear(*peer_, peer_won_, packet) : hear(*server_, server_won_, packet);
        }
        require(!liar_ || (!server_won_ && !peer_won_), "alice is let in as bob");
        require(liar_ || meddled_ || (server_won_ && peer_won_), "alice is not let in");
        if (server_won_ && peer_won_)
            require(equal_constant_time(server_->msk().view(), peer_->msk().view()), "there are two keys");
    }

  private:
    static Bytes hear(Conversation& side, bool& won, const Bytes& packet) {
        Step step = side.receive(packet);
        won = won || step.kind == Step::Kind::kSuccess;
        require(side.msk().size() == (won ? kMskSize : 0), "a key is there without proof, or the other way round");
        require(step.kind != Step::Kind::kFailure || !side.why().empty(), "a failure has no reason");
        return std::move(step.packet);
    }

    void meddle(Bytes& packet) {
        const std::uint8_t how = script_.octet();
        const std::size_t place = (script_.octet() | static_cast<std::size_t>(how & 0xc0) << 2U) % packet.size();
        switch (how & 7) {
            case 1:
                packet[place] ^= script_.octet();
                return;
            case 2:
                return packet.resize(place);
            case 3:
                packet = to_bytes(script_.octets(place));
                return;
            case 4:  // of the same kind, with other contents
                packet.resize(std::min<std::size_t>(packet.size(), 5));
                append(packet, script_.octets(place));
                if (packet.size() >= 4) store_be(&packet[2], static_cast<std::uint16_t>(packet.size()));
                return;
            case 5:
                packet = before_[place % before_.size()];
                return;
            case 6:  // the beginning of it as a fragment
                if (packet.size() < 7) return;
                packet[5] |= 0x40;
                return;
            default:
                return;
        }
    }

    Script script_;
    crypto::SeededRandom random_{2};
    bool liar_ = false;
    bool meddled_ = false;
    std::unique_ptr<Conversation> server_;
    std::unique_ptr<Conversation> peer_;
    bool server_won_ = false;
    bool peer_won_ = false;
    std::vector<Bytes> before_;
};

}  // namespace
}  // namespace esplane::ike::eap

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    esplane::ike::eap::Line({data, size}).run();
    return 0;
}
