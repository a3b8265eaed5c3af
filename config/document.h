// A YAML document as a tree that remembers where everything stood, bounded in depth and size.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "config/problems.h"

namespace esplane::config {

struct YamlNode;
/// Shared: an alias is the same node as its anchor, so that aliases cost no memory.
using NodePtr = std::shared_ptr<const YamlNode>;

struct Entry {
    std::string key;
    Place key_place;
    NodePtr value;
};

struct YamlNode {
    enum class Kind { kNull, kScalar, kList, kMap };

    Kind kind = Kind::kNull;
    Place place;
    std::string scalar;
    std::vector<NodePtr> items;
    std::vector<Entry> entries;  ///< in the order of the file; a key may be there twice, which the reader reports
    std::size_t weight = 1;      ///< nodes in it with every alias written out
};

/// Deeper than any key of ours lies; what is refused here never reaches a recursion.
inline constexpr std::size_t kDeepest = 16;
/// With every alias written out. Tens of thousands of tunnels with every value written out.
inline constexpr std::size_t kMostNodes = 1'000'000;

/// The one document in `text`, or null with the reason in `problems`. An empty document is a kNull node.
NodePtr parse_document(std::string_view text, Problems& problems);

}  // namespace esplane::config
