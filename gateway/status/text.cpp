#include "gateway/status/text.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "gateway/printable.h"
#include "gateway/status/units.h"

namespace esplane::gateway {
namespace {

using Json = nlohmann::ordered_json;

const Json& field(const Json& object, const char* key) {
    static const Json kNull;
    const auto found = object.is_object() ? object.find(key) : object.end();
    return found != object.end() ? *found : kNull;
}

std::string word(const Json& object, const char* key, const char* otherwise = "?") {
    const Json& value = field(object, key);
    if (value.is_string()) return printable(value.get_ref<const std::string&>());
    return value.is_number() ? value.dump() : otherwise;
}

std::uint64_t number(const Json& object, const char* key) {
    const Json& value = field(object, key);
    return value.is_number_unsigned() ? value.get<std::uint64_t>() : 0;
}

std::string joined(const Json& list) {
    std::string text;
    for (const Json& item : list) {
        if (item.is_string()) text += (text.empty() ? "" : ", ") + printable(item.get_ref<const std::string&>());
    }
    return text.empty() ? "?" : text;
}

std::string kind_of(const Json& child) {
    const std::string kind = word(child, "encapsulation") == "udp" ? "ESP in UDP" : "ESP";
    return word(child, "mode", "tunnel") == "transport" ? kind + " in transport mode" : kind;
}

/// Where a worker has the choice of more than one queue; else empty.
std::string steering_of(const Json& port) {
    const std::string steering = word(port, "steering", "");
    if (steering == "rte_flow")
        return fmt::format("the device puts {} into its worker's", joined(field(port, "steered")));
    if (steering == "rss") return "the device spreads packets (RSS), the workers hand over what is another's";
    if (steering == "handoff") return "the driver spreads packets, the workers hand over what is another's";
    return {};
}

class Renderer {
  public:
    explicit Renderer(const TextOptions& options) : options_(options) {}
    std::string render(const Json& status);

  private:
    void heading(const Json& status);
    void tunnel(const Json& tunnel);
    void title(const Json& tunnel, const std::string& state);
    void ike(const Json& sa);
    void child(const Json& sa, const std::string& tunnel);
    void pool(const Json& tunnel);
    void peer(const Json& peer);
    void why(const Json& tunnel);
    void port(const Json& port);
    void host(const Json& host);
    void drops(const Json& counts, const std::string& label);
    void line(const std::string& label, const std::string& text) {
        text_ += fmt::format("    {:<6} {}\n", label, text);
    }

    std::string since(const Json& object, const char* key) const;
    std::string until(const Json& object, const char* key) const;
    std::string colored(const char* code, const std::string& text) const {
        return options_.color ? fmt::format("\x1b[{}m{}\x1b[0m", code, text) : text;
    }

    const TextOptions& options_;
    std::string text_;
};

std::string Renderer::since(const Json& object, const char* key) const {
    const auto at = parse_iso_time(word(object, key));
    return at ? duration_text(std::chrono::floor<std::chrono::seconds>(options_.now - *at)) : "?";
}

std::string Renderer::until(const Json& object, const char* key) const {
    const auto at = parse_iso_time(word(object, key));
    if (!at) return "?";
    return *at <= options_.now ? "now"
                               : "in " + duration_text(std::chrono::floor<std::chrono::seconds>(*at - options_.now));
}

std::string Renderer::render(const Json& status) {
    heading(status);
    for (const Json& each : field(status, "tunnels"))
        tunnel(each);
    for (const Json& each : field(status, "ports"))
        port(each);
    host(field(status, "host_interface"));
    for (const Json& worker : field(status, "workers")) {
        if (field(worker, "stalled") == true) text_ += "\nworker " + word(worker, "id") + " stands still\n";
        drops(field(worker, "drops"), "\nworker " + word(worker, "id") + " dropped");
    }
    return text_;
}

void Renderer::heading(const Json& status) {
    std::size_t total = 0, established = 0, connecting = 0;
    for (const Json& each : field(status, "tunnels")) {
        const std::string state = word(each, "state");
        ++total;
        established += state == "established" ? 1U : 0U;
        connecting += state == "connecting" ? 1U : 0U;
    }
    text_ += fmt::format("esplane {}, running for {}: {}", word(status, "version"), since(status, "started_at"),
                         count_text(total, "tunnel"));
    if (established > 0) text_ += fmt::format(", {} established", established);
    if (connecting > 0) text_ += fmt::format(", {} connecting", connecting);
    if (const std::size_t down = total - established - connecting; down > 0) text_ += fmt::format(", {} down", down);
    text_ += '\n';
    if (field(status, "ml_kem").is_string()) text_ += fmt::format("ML-KEM: {}\n", word(status, "ml_kem"));
}

void Renderer::tunnel(const Json& tunnel) {
    const std::string state = word(tunnel, "state");
    title(tunnel, state);
    if (field(tunnel, "ike").is_object()) ike(field(tunnel, "ike"));
    for (const Json& sa : field(tunnel, "children"))
        child(sa, word(tunnel, "name"));
    const Json& missing = field(tunnel, "missing");
    if (state == "established" && missing.is_array() && !missing.empty()) line("lacks", joined(missing));
    line("link",
         fmt::format("{}, MTU {}, MSS {}", word(tunnel, "interface"), word(tunnel, "mtu"), word(tunnel, "mss")));
    drops(field(tunnel, "drops"), "    drops ");
    if (const Json& given = field(tunnel, "virtual_addresses"); given.is_array()) {
        const Json& dns = field(tunnel, "dns");
        line("given", joined(given) + (dns.is_array() ? ", DNS " + joined(dns) : ""));
    }
    if (field(tunnel, "pool").is_object()) pool(tunnel);
    if (state != "established" || field(tunnel, "last_error").is_object()) why(tunnel);
}

void Renderer::pool(const Json& tunnel) {
    const Json& pool = field(tunnel, "pool");
    line("pool", fmt::format("{}: {} of {} addresses in use", joined(field(pool, "addresses")), number(pool, "in_use"),
                             number(pool, "size")));
    for (const Json& each : field(tunnel, "peers"))
        peer(each);
}

void Renderer::peer(const Json& peer) {
    line("peer", fmt::format("{} has {}, from {} for {}, in {}, out {}", colored("1", word(peer, "peer_id")),
                             joined(field(peer, "virtual_addresses")), word(peer, "peer"),
                             since(field(peer, "ike"), "established_at"), size_text(number(peer, "bytes_in")),
                             size_text(number(peer, "bytes_out"))));
}

void Renderer::title(const Json& tunnel, const std::string& state) {
    const bool up = state == "established";
    const bool connecting = state == "connecting";
    const char* color = up ? "32" : connecting ? "33" : "31";
    const char* mark = up ? "●" : connecting ? "◐" : "○";
    text_ +=
        fmt::format("\n{} {}  {}", colored(color, mark), colored("1", word(tunnel, "name")), colored(color, state));
    const std::string peer = word(tunnel, "peer", "any address");
    const std::string id = word(tunnel, "peer_id", "");
    const Json& pool = field(tunnel, "pool");
    if (pool.is_object()) {
        text_ += fmt::format(" with {}\n", count_text(number(pool, "in_use"), "peer"));
        return;
    }
    text_ += fmt::format("{} {}", up ? " with" : ", peer", peer);
    if (!id.empty() && id != peer) text_ += fmt::format(" ({})", id);
    if (up) text_ += fmt::format(" for {}", since(field(tunnel, "ike"), "established_at"));
    text_ += '\n';
}

void Renderer::ike(const Json& sa) {
    const std::string nat = word(sa, "nat");
    const std::string place = nat == "none"     ? "no NAT"
                              : nat == "local"  ? "NAT in front of us"
                              : nat == "remote" ? "NAT in front of the peer"
                                                : "NAT on both sides";
    line("IKE", fmt::format("{}{}, {}, rekey {}", word(sa, "suite"), sa.value("ppk", false) ? " with PPK" : "", place,
                            until(sa, "rekey_at")));
}

void Renderer::child(const Json& sa, const std::string& tunnel) {
    const std::string state = word(sa, "state");
    // A tunnel's only one has the tunnel's name.
    const std::string name = word(sa, "name", "");
    const std::string label = name.empty() || name == tunnel ? "" : colored("1", name) + ", ";
    const std::string spis = fmt::format("SPI {} in, {} out", word(sa, "spi_in"), word(sa, "spi_out"));
    if (state == "retiring") return line("CHILD", label + spis + ", replaced or deleted, ends in seconds");
    line("CHILD", fmt::format("{}{}, {}, {}, {}", label, word(sa, "suite"), kind_of(sa), spis,
                              state == "installed" ? "rekey " + until(sa, "rekey_at") : state));
    line("", fmt::format("{} === {}", joined(field(sa, "local")), joined(field(sa, "remote"))));
    line("", fmt::format("in {} ({}), out {} ({})", size_text(number(sa, "bytes_in")),
                         count_text(number(sa, "packets_in"), "packet"), size_text(number(sa, "bytes_out")),
                         count_text(number(sa, "packets_out"), "packet")));
}

void Renderer::why(const Json& tunnel) {
    const Json& error = field(tunnel, "last_error");
    if (error.is_object()) {
        line("why", fmt::format("{}: {}", colored("31", word(error, "code")), word(error, "message")));
        return;
    }
    const std::string start = word(tunnel, "start");
    if (word(tunnel, "state") == "connecting") return;
    if (start == "listen") {
        line("why", "waits for the peer (start: listen)");
    } else if (start == "on-demand") {
        line("why", "waits for the first packet (start: on-demand)");
    } else {
        line("why", fmt::format("not started; to start it: esplane up {}", word(tunnel, "name")));
    }
}

void Renderer::port(const Json& port) {
    const bool up = word(port, "link") == "up";
    const bool counts = word(port, "ipv4_checksum") == "device";
    text_ += fmt::format("\nport {}  {}, {}, {}, MTU {}\n", colored("1", word(port, "name")),
                         colored(up ? "32" : "31", "link " + word(port, "link")), word(port, "role"),
                         word(port, "driver"), word(port, "mtu"));
    line("has", fmt::format("{}, {}; IPv4 checksums are verified by {}", word(port, "mac"),
                            count_text(number(port, "queues"), "queue"), counts ? "the device" : "the workers"));
    if (const std::string how = steering_of(port); !how.empty()) line("queues", how);
    for (const Json& claim : field(port, "claimed_by_others")) {
        line("clash", colored("31", fmt::format("{} is claimed by another station, {}", word(claim, "address"),
                                                word(claim, "mac"))));
    }
    line("in", fmt::format("{} ({}), missed {}, errors {}, without buffer {}", size_text(number(port, "bytes_in")),
                           count_text(number(port, "packets_in"), "packet"), number(port, "missed"),
                           number(port, "errors_in"), number(port, "no_buffer")));
    line("out", fmt::format("{} ({}), errors {}", size_text(number(port, "bytes_out")),
                            count_text(number(port, "packets_out"), "packet"), number(port, "errors_out")));
}

void Renderer::host(const Json& host) {
    if (!host.is_object()) return;
    const auto direction = [&](const char* bytes, const char* packets) {
        return size_text(number(host, bytes)) + " (" + count_text(number(host, packets), "packet") + ")";
    };
    text_ += fmt::format("\nhost interface {}\n", colored("1", word(host, "name")));
    line("to", fmt::format("the host {}", direction("bytes_to_host", "packets_to_host")));
    line("from", fmt::format("the host {}; refused {} either way", direction("bytes_from_host", "packets_from_host"),
                             number(host, "refused")));
}

void Renderer::drops(const Json& counts, const std::string& label) {
    if (!counts.is_object() || counts.empty()) return;
    std::string text;
    for (const auto& [reason, count] : counts.items()) {
        text += fmt::format("{}{} {}", text.empty() ? "" : ", ", printable(reason), count.dump());
    }
    text_ += fmt::format("{} {}\n", label, text);
}

}  // namespace

std::string to_text(const nlohmann::ordered_json& status, const TextOptions& options) {
    return Renderer(options).render(status);
}

}  // namespace esplane::gateway
