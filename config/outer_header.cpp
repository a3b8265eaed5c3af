#include "config/outer_header.h"

#include <algorithm>
#include <array>

namespace esplane::config {
namespace {

using dataplane::DfPolicy;
using dataplane::DscpPolicy;
using dataplane::FragmentPolicy;

constexpr Choice<FragmentPolicy> kFragments[] = {
    {"before", FragmentPolicy::kBefore}, {"after", FragmentPolicy::kAfter}, {"never", FragmentPolicy::kNever}};
constexpr Choice<DfPolicy> kDfs[] = {{"copy", DfPolicy::kCopy}, {"set", DfPolicy::kSet}, {"clear", DfPolicy::kClear}};

struct CodePoint {
    std::string_view name;
    std::uint8_t dscp;
};
/// The IANA registry "Differentiated Services Field Codepoints".
constexpr std::array<CodePoint, 23> kCodePoints = {
    {{"cs0", 0},   {"cs1", 8},   {"cs2", 16},  {"cs3", 24},  {"cs4", 32},  {"cs5", 40},  {"cs6", 48},  {"cs7", 56},
     {"af11", 10}, {"af12", 12}, {"af13", 14}, {"af21", 18}, {"af22", 20}, {"af23", 22}, {"af31", 26}, {"af32", 28},
     {"af33", 30}, {"af41", 34}, {"af42", 36}, {"af43", 38}, {"ef", 46},   {"va", 44},   {"le", 1}}};

Parsed<DscpPolicy> parse_dscp(std::string_view text) {
    if (text == "copy") return DscpPolicy::copy();
    if (text == "zero") return DscpPolicy::zero();
    const auto named = std::find_if(kCodePoints.begin(), kCodePoints.end(),
                                    [&](const CodePoint& known) { return known.name == text; });
    if (named != kCodePoints.end()) return DscpPolicy::fixed(named->dscp);
    const Parsed<std::uint32_t> number = parse_number(text, 0, 63);
    if (number) return DscpPolicy::fixed(static_cast<std::uint8_t>(number.value()));
    return Failure{quoted(text) +
                   " is not accepted; write copy, zero, a number from 0 to 63, or a name such as ef, cs6 or af41"};
}

}  // namespace

void read_outer_header(const Section& tunnel, gateway::TunnelOptions& into) {
    const std::optional<Place> fragment = tunnel.read("fragment", into.fragment, one_of(kFragments));
    tunnel.read("df", into.df, one_of(kDfs));
    tunnel.read("dscp", into.dscp, parse_dscp);
    const bool contradicts = into.fragment == FragmentPolicy::kAfter && into.df == DfPolicy::kSet;
    if (!fragment || !contradicts || tunnel.extent() == Extent::kPart) return;
    tunnel.complain(*fragment, "fragment",
                    "after means fragments of the outer packet, which df: set forbids; write df: copy or df: clear, or "
                    "fragment: before");
}

}  // namespace esplane::config
