#include "config/selectors.h"

#include <algorithm>

namespace esplane::config {
namespace {

bool has_family(const Selectors& selectors, Family family) {
    return std::any_of(selectors.prefixes.begin(), selectors.prefixes.end(),
                       [&](const Prefix& prefix) { return prefix.address.family() == family; });
}

void check_counterparts(const Side& side, const Side& other) {
    for (const Family family : {Family::kIpv4, Family::kIpv6}) {
        if (!has_family(side.selectors, family) || has_family(other.selectors, family)) continue;
        std::size_t first = 0;
        while (side.selectors.prefixes[first].address.family() != family)
            ++first;
        side.section.complain(side.selectors.places[first], side.key,
                              quoted(side.selectors.list[first].to_string()) +
                                  " has no counterpart: " + std::string(other.path) + " has no " +
                                  (family == Family::kIpv4 ? "IPv4" : "IPv6") + " prefix");
    }
}

}  // namespace

Selectors read_selectors(const Section& section, std::string_view key) {
    const std::optional<List> list = section.list(key);
    Selectors result;
    if (!list) {
        if (!section.has(key)) section.missing(key, "list the prefixes of that side, such as [10.0.0.0/16]");
        return result;
    }
    if (list->values.empty()) section.complain(list->place, key, "at least one prefix is needed");
    result.sound = !list->values.empty();
    for (const Scalar& value : list->values) {
        const Parsed<dataplane::TrafficSelector> selector = parse_selector(value.text);
        const bool is_new =
            selector && std::find(result.list.begin(), result.list.end(), selector.value()) == result.list.end();
        if (is_new) {
            const std::string_view prefix = value.text.substr(0, value.text.find('['));
            result.prefixes.push_back(parse_prefix(prefix).value());
            result.list.push_back(selector.value());
            result.places.push_back(value.place);
            continue;
        }
        section.complain(value.place, key, selector ? quoted(value.text) + " is listed twice" : selector.error());
        result.sound = false;
    }
    return result;
}

void check_families(const Side& one, const Side& other) {
    check_counterparts(one, other);
    check_counterparts(other, one);
}

}  // namespace esplane::config
