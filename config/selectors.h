// Lists of what one side of a CHILD_SA may be: prefixes, with protocol and ports if these are narrower.
#pragma once

#include <string_view>
#include <vector>

#include "config/section.h"
#include "dataplane/sa/selector.h"

namespace esplane::config {

/// One list, read. Its members have one entry for each that was right.
struct Selectors {
    bool sound = false;            ///< all of them are there and right
    std::vector<Prefix> prefixes;  ///< of the selectors, for the routes
    std::vector<dataplane::TrafficSelector> list;
    std::vector<Place> places;
};

Selectors read_selectors(const Section& section, std::string_view key);

/// One side of a CHILD_SA, by the section and key under which it stands.
struct Side {
    const Section& section;
    std::string_view key;
    const Selectors& selectors;
    std::string_view path;  ///< as messages name it: "remote.subnets"
};

/// Both lists are sound. A packet has both its addresses of one family, so that a family on one side alone could never
/// match.
void check_families(const Side& one, const Side& other);

}  // namespace esplane::config
