// Traffic of several flows, and how to compare it: packet by packet within each flow.
#pragma once

#include <map>
#include <vector>

#include "crypto/bytes.h"
#include "crypto/random.h"
#include "tests/unit/dataplane/support/flows.h"

namespace esplane::dataplane::test {

/// Flows as they come off the wire, each in its own order, some packets odd or broken.
class Traffic {
  public:
    explicit Traffic(crypto::Random& random);
    Bytes next();

  private:
    crypto::Random& random_;
    std::vector<Segment> flows_;
    std::size_t current_ = 0;
};

/// Protocol, addresses and ports: what has another of these, by accident too, is another flow. Empty for what is too
/// short to have them.
Bytes flow_of(const Bytes& packet);

/// With DF set the ID says nothing (RFC 6864 4.1), and is not kept. A wrong IPv4 checksum is not made right.
Bytes without_id(Bytes packet);

std::map<Bytes, std::vector<Bytes>> by_flow(const std::vector<Bytes>& packets);

}  // namespace esplane::dataplane::test
