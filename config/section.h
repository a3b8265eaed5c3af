// One map of the configuration, laid over the same map of `defaults`, read key by key.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/document.h"
#include "config/problems.h"
#include "config/values.h"

namespace esplane::config {

/// A key that a section knows.
struct Key {
    std::string_view name;
    std::string_view not_yet = {};  ///< empty when available; else what to write instead
};

struct Scalar {
    std::string_view text;
    Place place;
};

struct List {
    Place place;
    bool single = false;  ///< one value without brackets
    std::vector<Scalar> values;
};

/// Whether a section must be complete: `defaults` may say any part of a tunnel, so nothing is missing there.
enum class Extent { kWhole, kPart };

class Section {
  public:
    /// The outermost section. Reports keys of `own` that are unknown, twice there or not available yet; those of
    /// `inherited` are reported where they are read by themselves. Either may be null; both must outlive this.
    Section(const YamlNode* own, const YamlNode* inherited, Place place, std::span<const Key> keys, Problems& problems,
            Extent extent = Extent::kWhole);

    /// The map under `key`; an absent one is empty, and stands where this section stands.
    Section section(std::string_view key, std::span<const Key> keys) const;

    /// The map that stands under `entry` of the map `key`; nothing is laid under it.
    Section section_of(std::string_view key, const Entry& entry, std::span<const Key> keys) const;

    /// The map that is an item of the list `key`.
    Section section_of(std::string_view key, const YamlNode& item, std::span<const Key> keys) const;

    /// The value of `key`, the own before the inherited. A map or a list in its place is reported.
    std::optional<Scalar> scalar(std::string_view key) const;
    /// The same for a list; a single value counts as a list of one.
    std::optional<List> list(std::string_view key) const;
    /// The own entry of `key` if a map, or nothing at all, stands there; null when absent or wrong, which is reported.
    const Entry* map(std::string_view key) const;
    /// The own list of maps at `key`; null when absent or no list, which is reported.
    const YamlNode* maps(std::string_view key) const;
    /// Whether the section itself has `key`, whatever it inherits.
    bool has_own(std::string_view key) const { return find(own_, key) != nullptr; }
    bool has(std::string_view key) const { return has_own(key) || find(inherited_, key) != nullptr; }

    /// Parses the value of `key` into `into` and returns where it stood; empty when absent or wrong, which is reported.
    template <typename T, typename Parse>
    std::optional<Place> read(std::string_view key, T& into, Parse&& parse) const {
        const std::optional<Scalar> found = scalar(key);
        if (!found) return std::nullopt;
        auto parsed = std::forward<Parse>(parse)(found->text);
        if (!parsed) {
            complain(found->place, key, parsed.error());
            return std::nullopt;
        }
        into = std::move(parsed).value();
        return found->place;
    }

    /// Reports "KEY: MESSAGE".
    void complain(Place place, std::string_view key, const std::string& message) const;
    /// Reports that `key` is not there, unless only a part is asked for.
    void missing(std::string_view key, const std::string& what_to_write) const;

    Place place() const { return place_; }
    Extent extent() const { return extent_; }

  private:
    static const Entry* find(const YamlNode* map, std::string_view key);
    const Entry* find(std::string_view key) const;
    void check_keys(std::span<const Key> keys) const;
    void refuse_key(const Entry& entry, std::span<const Key> keys) const;
    std::string path(std::string_view key) const {
        return label_.empty() ? std::string(key) : label_ + '.' + std::string(key);
    }

    const YamlNode* own_;        // null or a map
    const YamlNode* inherited_;  // null or a map
    Place place_;
    std::string label_;  // "esp"; empty for the outermost
    Problems* problems_;
    Extent extent_;
};

}  // namespace esplane::config
