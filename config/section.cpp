#include "config/section.h"

#include <algorithm>
#include <map>

namespace esplane::config {
namespace {

const YamlNode* as_map(const YamlNode* node) {
    return node != nullptr && node->kind == YamlNode::Kind::kMap ? node : nullptr;
}

std::vector<std::string_view> available(std::span<const Key> keys) {
    std::vector<std::string_view> names;
    for (const Key& key : keys) {
        if (key.not_yet.empty()) names.push_back(key.name);
    }
    return names;
}

// A map with more entries than this repeats keys or has unknown ones, all of which are reported; looking among them
// would only make reading a huge one slow.
constexpr std::size_t kMostKeys = 64;
// Of one list. RFC 7296 3.13 counts the traffic selectors of a payload in one octet; no other list is near that.
constexpr std::size_t kMostValues = 255;

std::string place_text(Place place) {
    return "line " + std::to_string(place.line) + ", column " + std::to_string(place.column);
}

}  // namespace

Section::Section(const YamlNode* own, const YamlNode* inherited, Place place, std::span<const Key> keys,
                 Problems& problems, Extent extent)
    : own_(as_map(own)), inherited_(as_map(inherited)), place_(place), problems_(&problems), extent_(extent) {
    // Nothing at all is an empty map: what stood there is perhaps commented out.
    const bool wrong = own != nullptr && own_ == nullptr && own->kind != YamlNode::Kind::kNull;
    if (wrong) {
        problems.add(own->place, "a map with keys is expected here: " + listed(available(keys)));
        extent_ = Extent::kPart;  // that all of its keys are missing would say the same again
    }
    check_keys(keys);
}

Section Section::section(std::string_view key, std::span<const Key> keys) const {
    const Entry* own = find(own_, key);
    const Entry* inherited = find(inherited_, key);
    Section result(own != nullptr ? own->value.get() : nullptr, inherited != nullptr ? inherited->value.get() : nullptr,
                   own != nullptr ? own->key_place : place_, keys, *problems_, extent_);
    result.label_ = path(key);
    return result;
}

Section Section::section_of(std::string_view key, const Entry& entry, std::span<const Key> keys) const {
    Section result(entry.value.get(), nullptr, entry.key_place, keys, *problems_, extent_);
    result.label_ = path(key) + '.' + entry.key;
    return result;
}

Section Section::section_of(std::string_view key, const YamlNode& item, std::span<const Key> keys) const {
    Section result(&item, nullptr, item.place, keys, *problems_, extent_);
    result.label_ = path(key) + "[]";
    return result;
}

std::optional<Scalar> Section::scalar(std::string_view key) const {
    const Entry* entry = find(key);
    if (entry == nullptr) return std::nullopt;
    if (entry->value->kind == YamlNode::Kind::kScalar) return Scalar{entry->value->scalar, entry->value->place};
    if (entry->value->kind == YamlNode::Kind::kNull) {
        complain(entry->key_place, key, "the value is missing");
    } else {
        complain(entry->value->place, key, "a single value is expected");
    }
    return std::nullopt;
}

std::optional<List> Section::list(std::string_view key) const {
    const Entry* entry = find(key);
    if (entry == nullptr) return std::nullopt;
    const YamlNode& node = *entry->value;
    if (node.kind != YamlNode::Kind::kList) {
        if (node.kind == YamlNode::Kind::kMap) {
            complain(node.place, key, "a list is expected");
            return std::nullopt;
        }
        const std::optional<Scalar> only = scalar(key);
        if (!only) return std::nullopt;
        return List{only->place, true, {*only}};
    }
    if (node.items.size() > kMostValues) {
        complain(node.place, key, "a list has at most " + std::to_string(kMostValues) + " values");
        return std::nullopt;
    }
    List result{node.place, false, {}};
    for (const NodePtr& item : node.items) {
        if (item->kind == YamlNode::Kind::kScalar) {
            result.values.push_back({item->scalar, item->place});
        } else {
            complain(item->place, key, "each item of this list must be a single value");
        }
    }
    return result;
}

const Entry* Section::map(std::string_view key) const {
    const Entry* entry = find(own_, key);
    if (entry == nullptr) return nullptr;
    const YamlNode::Kind kind = entry->value->kind;
    if (kind == YamlNode::Kind::kMap || kind == YamlNode::Kind::kNull) return entry;
    complain(entry->value->place, key, "a map is expected");
    return nullptr;
}

const YamlNode* Section::maps(std::string_view key) const {
    const Entry* entry = find(own_, key);
    if (entry == nullptr) return nullptr;
    const YamlNode& node = *entry->value;
    if (node.kind == YamlNode::Kind::kList) return &node;
    const bool nothing = node.kind == YamlNode::Kind::kNull;
    complain(nothing ? entry->key_place : node.place, key, "a list of maps is expected, each behind a '-'");
    return nullptr;
}

void Section::complain(Place place, std::string_view key, const std::string& message) const {
    problems_->add(place, path(key) + ": " + message);
}

void Section::missing(std::string_view key, const std::string& what_to_write) const {
    if (extent_ == Extent::kWhole) problems_->add(place_, path(key) + " is missing; " + what_to_write);
}

const Entry* Section::find(const YamlNode* map, std::string_view key) {
    if (map == nullptr) return nullptr;
    const std::size_t count = std::min(map->entries.size(), kMostKeys);
    const auto end = map->entries.begin() + static_cast<std::ptrdiff_t>(count);
    const auto found = std::find_if(map->entries.begin(), end, [&](const Entry& entry) { return entry.key == key; });
    return found == end ? nullptr : &*found;
}

const Entry* Section::find(std::string_view key) const {
    const Entry* own = find(own_, key);
    return own != nullptr ? own : find(inherited_, key);
}

void Section::check_keys(std::span<const Key> keys) const {
    if (own_ == nullptr) return;
    std::map<std::string_view, Place> seen;
    for (const Entry& entry : own_->entries) {
        const auto [first, is_new] = seen.emplace(entry.key, entry.key_place);
        if (problems_->full()) return;
        if (!is_new) {
            problems_->add(entry.key_place,
                           "duplicate key " + quoted(entry.key) + "; it is already at " + place_text(first->second));
            continue;
        }
        refuse_key(entry, keys);
    }
}

void Section::refuse_key(const Entry& entry, std::span<const Key> keys) const {
    const auto known = std::find_if(keys.begin(), keys.end(), [&](const Key& key) { return key.name == entry.key; });
    if (known != keys.end()) {
        if (known->not_yet.empty()) return;
        problems_->add(entry.key_place, quoted(entry.key) + " is not available yet; " + std::string(known->not_yet));
        return;
    }
    // "{psk:secret}" is a key to YAML, and must not be shown.
    const std::string_view before_colon = std::string_view(entry.key).substr(0, entry.key.find(':'));
    const std::vector<std::string_view> names = available(keys);
    if (before_colon != entry.key && std::find(names.begin(), names.end(), before_colon) != names.end()) {
        problems_->add(entry.key_place, "a space is missing after '" + std::string(before_colon) + ":'");
        return;
    }
    if (entry.key == "<<") {
        problems_->add(entry.key_place, "merge keys are not accepted; put what tunnels share under 'defaults'");
        return;
    }
    problems_->add(entry.key_place,
                   "unknown key " + quoted(entry.key) + suggestion(entry.key, names, "accepted here: "));
}

}  // namespace esplane::config
