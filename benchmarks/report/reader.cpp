#include "benchmarks/report/reader.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <stdexcept>

#include "benchmarks/report/fields.h"

namespace esplane::bench::report {
namespace {

using Json = nlohmann::ordered_json;

/// The library's messages begin with its own name in brackets.
std::string without_tag(std::string message) {
    const auto end = message.find("] ");
    return message.starts_with('[') && end != std::string::npos ? message.substr(end + 2) : message;
}

Json parse(const std::string& file, std::string_view text) {
    try {
        return Json::parse(text);
    } catch (const Json::exception& error) {
        throw std::runtime_error(file + ": is not JSON: " + without_tag(error.what()));
    }
}

std::string traffic_name(const Fields& traffic) {
    const std::string transport = traffic.text("transport") == "tcp" ? "TCP" : "UDP";
    const std::uint64_t flows = traffic.count("flows");
    return transport + " over IPv" + std::to_string(traffic.count("family")) + ", " + std::to_string(flows) +
           (flows == 1 ? " flow" : " flows");
}

std::vector<LatencyFigure> latency_figures(const Fields& point) {
    std::vector<LatencyFigure> figures;
    point.object("latency_us").each_number([&](const std::string& name, double us) { figures.push_back({name, us}); });
    return figures;
}

GeneratePoint generate_point(const Fields& fields) {
    const bool is_capture = fields.has("capture");
    GeneratePoint point{.traffic = is_capture ? fields.text("capture") : traffic_name(fields.object("traffic")),
                        .size = is_capture ? "-" : fields.object("traffic").size("size"),
                        .sent = fields.count("sent"),
                        .received = fields.count("received"),
                        .lost = fields.count("lost"),
                        .duplicates = fields.count("duplicates"),
                        .seconds = fields.number("seconds")};
    if (is_capture) return point;
    point.reordered = fields.count("reordered");
    point.latency = latency_figures(fields);
    return point;
}

ThroughputFigure throughput_figure(const Fields& fields) {
    return {.mpps = fields.number("mpps"),
            .gbps = fields.number("gbps"),
            .is_confirmed = fields.flag("confirmed"),
            .is_generator_bound = fields.flag("generator_bound")};
}

Rfc2544Point rfc2544_point(const Fields& fields) {
    const Fields traffic = fields.object("traffic");
    Rfc2544Point point{.traffic = traffic_name(traffic),
                       .size = traffic.size("size"),
                       .throughput = throughput_figure(fields.object("throughput"))};
    if (fields.has("throughput_0.1_percent"))
        point.tolerant = throughput_figure(fields.object("throughput_0.1_percent"));
    if (fields.has("latencies")) {
        fields.each_object("latencies", [&](const Fields& load) {
            point.loads.push_back({load.number("load"), latency_figures(load)});
        });
    }
    if (fields.has("back_to_back"))
        point.burst_packets = fields.object("back_to_back").object("packets").number("mean");
    if (fields.has("recovery_seconds")) point.recovery_seconds = fields.object("recovery_seconds").number("mean");
    if (fields.has("reset_seconds")) {
        const Fields reset = fields.object("reset_seconds");
        point.reset_by_loss_seconds = reset.object("by_loss").number("mean");
        point.reset_by_silence_seconds = reset.object("by_silence").number("mean");
    }
    return point;
}

PipelinePoint pipeline_point(const Fields& fields) {
    PipelinePoint point{.direction = fields.text("direction"),
                        .suite = fields.text("suite"),
                        .size = fields.size("size"),
                        .tunnels = fields.small_count("tunnels"),
                        .workers = fields.small_count("workers"),
                        .cycles = fields.number("cycles_per_packet"),
                        .mpps = fields.number("mpps"),
                        .gbps = fields.number("gbps"),
                        .cipher_cycles = fields.number("raw_cipher_cycles"),
                        .batch_gain = fields.number("batch_gain")};
    fields.object("stages").each_number([&](const std::string& stage, double cycles) {
        point.stages.push_back({stage, cycles});
    });
    return point;
}

std::string content(const std::string& file) {
    std::error_code error;
    std::ifstream in;
    // A folder opens, too, and throws in the library's words when it is read.
    if (!std::filesystem::is_directory(file, error)) in.open(file, std::ios::binary);
    if (!in.is_open()) throw std::runtime_error(file + ": cannot be read");
    return {std::istreambuf_iterator<char>(in), {}};
}

std::string short_name(const std::string& file) {
    const std::filesystem::path path(file);
    return path.extension() == ".json" ? path.stem().string() : path.filename().string();
}

void name_runs(std::vector<Run>& runs) {
    std::multiset<std::string> taken;
    for (const Run& run : runs)
        taken.insert(short_name(run.name));
    for (Run& run : runs) {
        if (taken.count(short_name(run.name)) == 1) run.name = short_name(run.name);
    }
}

}  // namespace

Run parse_run(const std::string& file, std::string_view text) {
    const Json document = parse(file, text);
    const Fields fields(document, file);
    Run run{.name = file};
    fields.object("machine").each_value([&](const std::string& name, std::string value) {
        run.machine.push_back({name, std::move(value)});
    });
    if (fields.has("generate"))
        fields.each_object("generate", [&](const Fields& element) { run.generate.push_back(generate_point(element)); });
    if (fields.has("rfc2544"))
        fields.each_object("rfc2544", [&](const Fields& element) { run.rfc2544.push_back(rfc2544_point(element)); });
    // A file without any of them is told what is missing.
    if (fields.has("results") || (!fields.has("generate") && !fields.has("rfc2544")))
        fields.each_object("results", [&](const Fields& element) { run.pipeline.push_back(pipeline_point(element)); });
    return run;
}

std::vector<Run> read_runs(std::span<const std::string> files) {
    std::vector<Run> runs;
    for (const std::string& file : files) {
        if (std::count(files.begin(), files.end(), file) > 1) throw std::runtime_error(file + ": is given twice");
        runs.push_back(parse_run(file, content(file)));
    }
    name_runs(runs);
    return runs;
}

}  // namespace esplane::bench::report
