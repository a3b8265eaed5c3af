#include "benchmarks/report/reader.h"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "benchmarks/pipeline/json.h"
#include "tests/unit/benchmarks/report/runs.h"

namespace esplane::bench::report {
namespace {

std::string complaint(const std::string& text) {
    try {
        parse_run("a.json", text);
    } catch (const std::runtime_error& error) {
        return error.what();
    }
    return {};
}

std::string replaced(std::string text, const std::string& what, const std::string& by) {
    return text.replace(text.find(what), what.size(), by);
}

TEST_CASE("what the pipeline writes is what the report reads") {
    const PipelineResult result{.direction = "decap",
                                .suite = "aes256-sha512",
                                .size = "imix",
                                .mean_length = 348,
                                .tunnels = 1000,
                                .cycles_per_packet = 250,
                                .stages = {{"fill", 50}, {"open", 200}},
                                .singly_cycles = 500,
                                .raw_cipher_cycles = 125,
                                .tsc_hz = 2.5e9};
    const Run run = parse_run("a.json", to_json({.cpu_model = "a cpu", .tsc_hz = 2.5e9}, {&result, 1}).dump());
    REQUIRE(run.pipeline.size() == 1);
    const PipelinePoint& point = run.pipeline[0];
    CHECK(point.direction == "decap");
    CHECK(point.suite == "aes256-sha512");
    CHECK(point.size == "imix");
    CHECK(point.tunnels == 1000);
    CHECK(point.workers == 1);
    CHECK(point.cycles == 250);
    REQUIRE(point.stages.size() == 2);
    CHECK(point.stages[1].stage == "open");
    CHECK(point.stages[1].cycles == 200);
    CHECK(point.mpps == Approx(10));
    CHECK(point.gbps == Approx(27.84));
    CHECK(point.cipher_cycles == 125);
    CHECK(point.batch_gain == 2);
    REQUIRE(run.machine.size() == 6);
    CHECK(run.machine[0].name == "cpu_model");
    CHECK(run.machine[0].value == "a cpu");
}

TEST_CASE("a complaint names the file, the place and what is wrong") {
    const std::string good = test::one_point("64", "250.0");
    REQUIRE(complaint(good).empty());
    CHECK(complaint("{").starts_with("a.json: is not JSON: parse error at line 1"));
    CHECK(complaint("").starts_with("a.json: is not JSON"));
    CHECK(complaint(replaced(good, "250.0", "1e999")).starts_with("a.json: is not JSON"));
    CHECK(complaint("[]") == "a.json: is not an object");
    CHECK(complaint("{}") == "a.json: machine is missing");
    CHECK(complaint(R"({"machine": 3})") == "a.json: machine is not an object");
    CHECK(complaint(R"({"machine": {}, "results": {}})") == "a.json: results is not a list");
    CHECK(complaint(R"({"machine": {}, "results": [3]})") == "a.json: results[0] is not an object");
    struct Case {
        const char* what;
        const char* by;
        const char* complaint;
    };
    const Case cases[] = {
        {"\"mpps\"", "\"mqps\"", "a.json: results[0].mpps is missing"},
        {"\"encap\"", "3", "a.json: results[0].direction is not a text"},
        {"\"size\": 64", "\"size\": null", "a.json: results[0].size is neither a number of octets nor a name"},
        {"\"size\": 64", "\"size\": -64", "a.json: results[0].size is neither a number of octets nor a name"},
        {"\"workers\": 1", "\"workers\": -1", "a.json: results[0].workers is not a count"},
        {"\"workers\": 1", "\"workers\": 1.5", "a.json: results[0].workers is not a count"},
        {"\"workers\": 1", "\"workers\": 4294967296", "a.json: results[0].workers is too large a count"},
        // What JSON makes of infinity and of what is not a number.
        {"80.0", "null", "a.json: results[0].gbps is not a number of zero or more"},
        {"80.0", "-1", "a.json: results[0].gbps is not a number of zero or more"},
        {"200.0", "\"fast\"", "a.json: results[0].stages.seal is not a number of zero or more"},
    };
    for (const Case& one : cases) {
        INFO(one.complaint);
        CHECK(complaint(replaced(good, one.what, one.by)) == one.complaint);
    }
}

/// A folder that is gone afterwards.
class Folder {
  public:
    Folder() : path_(std::filesystem::temp_directory_path() / ("esplane-report-" + std::to_string(::getpid()))) {
        std::filesystem::create_directories(path_ / "before");
        std::filesystem::create_directories(path_ / "after");
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    ~Folder() { std::filesystem::remove_all(path_); }

    std::string file(const std::string& name) const {
        std::ofstream(path_ / name) << test::one_point("64", "250.0");
        return path_ / name;
    }
    std::string name() const { return path_; }

  private:
    std::filesystem::path path_;
};

TEST_CASE("runs are called by their files, and no two the same") {
    const Folder folder;
    const std::vector<std::string> files{folder.file("before/gcm.json"), folder.file("after/gcm.json"),
                                         folder.file("after/cbc.json"), folder.file("results.txt")};
    const std::vector<Run> runs = read_runs(files);
    REQUIRE(runs.size() == 4);
    CHECK(runs[0].name == files[0]);
    CHECK(runs[1].name == files[1]);
    CHECK(runs[2].name == "cbc");
    CHECK(runs[3].name == "results.txt");
}

TEST_CASE("a file that cannot be read, or is given twice, is named") {
    const Folder folder;
    const std::vector<std::string> absent{folder.name() + "/absent.json"};
    CHECK_THROWS_WITH(read_runs(absent), absent[0] + ": cannot be read");
    const std::vector<std::string> directory{folder.name()};
    CHECK_THROWS_WITH(read_runs(directory), directory[0] + ": cannot be read");
    const std::string file = folder.file("gcm.json");
    const std::vector<std::string> twice{file, file};
    CHECK_THROWS_WITH(read_runs(twice), file + ": is given twice");
}

}  // namespace
}  // namespace esplane::bench::report
