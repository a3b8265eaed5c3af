#include "tests/sim/fake_eap.h"

#include "crypto/prf.h"

namespace esplane::sim {

namespace {

using ike::eap::Conversation;
using ike::eap::Step;

constexpr std::uint8_t kRequest = 1, kResponse = 2, kSuccess = 3, kFailure = 4;
constexpr std::uint8_t kIdentity = 1, kFake = 255;
constexpr std::size_t kHeader = 5, kChallenge = 16;

Bytes packet(std::uint8_t code, std::uint8_t id, std::uint8_t type, ByteView data) {
    Bytes made{code, id, 0, 0, type};
    append(made, data);
    store_be(made.data() + 2, static_cast<std::uint16_t>(made.size()));
    return made;
}

Bytes answer_to(ByteView challenge, const std::string& password) {
    return to_bytes(crypto::prf(crypto::PrfId::kHmacSha256, as_bytes(password), {challenge}).view());
}

class FakeServer final : public Conversation {
  public:
    FakeServer(const Passwords& passwords, int rounds, crypto::Random& random)
        : passwords_(passwords), rounds_(rounds), random_(random) {}

    Bytes begin() override { return packet(kRequest, id_, kIdentity, {}); }
    Step receive(ByteView response) override {
        if (response.size() < kHeader || response[0] != kResponse || response[1] != id_) return {};
        if (challenge_.empty() && response[4] == kIdentity) {
            const ByteView said = response.subspan(kHeader);
            identity_.assign(said.begin(), said.end());
            return ask();
        }
        if (response[4] != kFake || challenge_.empty()) return {};
        const auto known = passwords_.find(identity_);
        if (known == passwords_.end()) return fail("nobody of this name is known");
        if (to_bytes(response.subspan(kHeader)) != answer_to(challenge_, known->second))
            return fail("the password is wrong");
        if (--rounds_ != 0) return ask();
        msk_ = fake_msk(known->second, challenge_);
        return {Step::Kind::kSuccess, {kSuccess, id_, 0, 4}};
    }
    const crypto::Secret& msk() const override { return msk_; }
    const std::string& identity() const override { return identity_; }
    std::string method() const override { return challenge_.empty() ? "" : "fake"; }
    std::string why() const override { return why_; }

  private:
    Step ask() {
        challenge_ = random_.bytes(kChallenge);
        return {Step::Kind::kSend, packet(kRequest, ++id_, kFake, challenge_)};
    }
    Step fail(std::string why) {
        why_ = std::move(why);
        return {Step::Kind::kFailure, {kFailure, id_, 0, 4}};
    }

    const Passwords& passwords_;
    int rounds_;
    crypto::Random& random_;
    std::uint8_t id_ = 1;
    Bytes challenge_;
    std::string identity_, why_;
    crypto::Secret msk_;
};

class FakePeer final : public Conversation {
  public:
    FakePeer(std::string identity, std::string password)
        : identity_(std::move(identity)), password_(std::move(password)) {}

    Bytes begin() override { return {}; }
    Step receive(ByteView request) override {
        if (request.size() >= 4 && request[0] == kFailure) return fail("the gateway refuses us");
        if (request.size() >= 4 && request[0] == kSuccess) {
            if (challenge_.empty()) return fail("it says that all is well before it can know");
            msk_ = fake_msk(password_, challenge_);
            return {Step::Kind::kSuccess, {}};
        }
        const Bytes response = fake_response(request, identity_, password_);
        if (response.empty()) return {};
        if (request[4] == kFake) challenge_ = to_bytes(request.subspan(kHeader));
        return {Step::Kind::kSend, response};
    }
    const crypto::Secret& msk() const override { return msk_; }
    const std::string& identity() const override { return identity_; }
    std::string method() const override { return challenge_.empty() ? "" : "fake"; }
    std::string why() const override { return why_; }

  private:
    Step fail(std::string why) {
        why_ = std::move(why);
        return {Step::Kind::kFailure, {}};
    }

    std::string identity_, password_, why_;
    Bytes challenge_;
    crypto::Secret msk_;
};

class FakeAuthenticator final : public ike::eap::Authenticator {
  public:
    FakeAuthenticator(Passwords passwords, int rounds) : passwords_(std::move(passwords)), rounds_(rounds) {}
    std::unique_ptr<Conversation> begin_conversation(crypto::Random& random,
                                                     std::chrono::system_clock::time_point /*now*/) const override {
        return std::make_unique<FakeServer>(passwords_, rounds_, random);
    }
    std::string digest() const override { return "fake"; }

  private:
    Passwords passwords_;
    int rounds_;
};

class FakeSupplicant final : public ike::eap::Supplicant {
  public:
    FakeSupplicant(std::string identity, std::string password)
        : identity_(std::move(identity)), password_(std::move(password)) {}
    std::unique_ptr<Conversation> begin_conversation(crypto::Random& /*random*/,
                                                     std::chrono::system_clock::time_point /*now*/) const override {
        return std::make_unique<FakePeer>(identity_, password_);
    }
    std::string digest() const override { return "fake"; }

  private:
    std::string identity_, password_;
};

}  // namespace

std::shared_ptr<const ike::eap::Authenticator> fake_authenticator(Passwords passwords, int rounds) {
    return std::make_shared<FakeAuthenticator>(std::move(passwords), rounds);
}

std::shared_ptr<const ike::eap::Supplicant> fake_supplicant(std::string identity, std::string password) {
    return std::make_shared<FakeSupplicant>(std::move(identity), std::move(password));
}

Bytes fake_response(ByteView request, const std::string& identity, const std::string& password) {
    if (request.size() < kHeader || request[0] != kRequest) return {};
    const bool asks_who = request[4] == kIdentity;
    return packet(kResponse, request[1], request[4],
                  asks_who ? to_bytes(as_bytes(identity)) : answer_to(request.subspan(kHeader), password));
}

crypto::Secret fake_msk(const std::string& password, ByteView challenge) {
    return crypto::prf_plus(crypto::PrfId::kHmacSha256, as_bytes(password), {challenge}, ike::eap::kMskSize);
}

}  // namespace esplane::sim
