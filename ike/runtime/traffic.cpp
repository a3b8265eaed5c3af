#include "ike/runtime/traffic.h"

namespace esplane::ike {
namespace {

void add(dataplane::ChildCounters& sum, const dataplane::ChildCounters& more) {
    sum.packets_in += more.packets_in;
    sum.bytes_in += more.bytes_in;
    sum.packets_out += more.packets_out;
    sum.bytes_out += more.bytes_out;
}

}  // namespace

void Traffic::installed(dataplane::ChildId child, dataplane::TunnelId tunnel) {
    if (const auto instance = configured_.find(tunnel); instance != configured_.end()) tunnel = instance->second;
    tunnels_[tunnel].children.insert(child);
    tunnel_of_[child] = tunnel;
}

void Traffic::retiring(dataplane::ChildId child) {
    const auto known = tunnel_of_.find(child);
    if (known == tunnel_of_.end()) return;
    if (const auto tunnel = tunnels_.find(known->second); tunnel != tunnels_.end()) {
        add(tunnel->second.retired, counters(child));
        tunnel->second.children.erase(child);
    }
    tunnel_of_.erase(known);
}

void Traffic::forget(dataplane::TunnelId tunnel) {
    tunnels_.erase(tunnel);
}

dataplane::ChildCounters Traffic::counters(dataplane::ChildId child) const {
    return dataplane_.counters(child).value_or(dataplane::ChildCounters{});
}

dataplane::ChildCounters Traffic::totals(dataplane::TunnelId tunnel) const {
    const auto found = tunnels_.find(tunnel);
    if (found == tunnels_.end()) return {};
    dataplane::ChildCounters sum = found->second.retired;
    for (const dataplane::ChildId child : found->second.children)
        add(sum, counters(child));
    return sum;
}

}  // namespace esplane::ike
