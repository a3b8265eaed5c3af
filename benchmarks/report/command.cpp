// esplane-bench report: what was measured, as tables and pictures.
#include <CLI/CLI.hpp>
#include <fstream>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "benchmarks/commands.h"
#include "benchmarks/report/compose.h"
#include "benchmarks/report/html.h"
#include "benchmarks/report/markdown.h"
#include "benchmarks/report/reader.h"

namespace esplane::bench::commands {
namespace {

struct Options {
    std::vector<std::string> files;
    std::string markdown;
    std::string html;
};

void write(const std::string& file, const std::string& text) {
    std::ofstream out(file);
    out << text;
    if (!out.flush()) throw std::runtime_error("cannot write " + file);
}

int run(const Options& options) {
    const std::vector<report::Run> runs = report::read_runs(options.files);
    const report::Document document = report::compose(runs);
    if (!options.html.empty()) write(options.html, report::to_html(document));
    if (!options.markdown.empty()) write(options.markdown, report::to_markdown(document));
    if (options.html.empty() && options.markdown.empty()) std::cout << report::to_markdown(document) << std::flush;
    return kDone;
}

}  // namespace

void add_report(CLI::App& app, int& status) {
    auto* command = app.add_subcommand("report", "Tables and pictures of what was measured");
    const auto options = std::make_shared<Options>();
    command->add_option("FILE", options->files, "What --json wrote; several are set beside each other")->required();
    command->add_option("--markdown", options->markdown, "Write the tables to this file; without any, to stdout")
        ->type_name("FILE");
    command->add_option("--html", options->html, "Write tables and pictures to this file, as one page")
        ->type_name("FILE");
    command->callback([options, &status] { status = run(*options); });
}

}  // namespace esplane::bench::commands
