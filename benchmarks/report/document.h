// What a report says, before it is Markdown or HTML: texts are not yet escaped.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace esplane::bench::report {

struct Table {
    std::string title;
    std::vector<std::string> header;
    std::vector<std::vector<std::string>> rows;  ///< each as long as the header
    std::size_t text_columns = 1;                ///< the first ones, aligned left; the others are numbers
};

struct Series {
    std::string name;
    std::vector<std::optional<double>> values;  ///< one a category; empty where nothing was measured
    std::size_t colour = 0;                     ///< what is the same thing in several runs has one colour
    std::size_t dash = 0;                       ///< and each run its own dash
};

/// Categories stand at equal distances: of sizes from 64 to 1420 octets, or of 1 and 1,000 tunnels, none hides behind
/// another.
struct Chart {
    enum class Form : unsigned char { kLines, kStackedBars };

    Form form = Form::kLines;
    std::string title;
    std::string x_title;
    std::string y_title;
    std::vector<std::string> categories;
    std::vector<Series> series;
    bool logarithmic = false;  ///< the y axis; for lines only
};

struct Section {
    std::string title;
    std::string note;  ///< how its figures are to be read
    std::vector<Chart> charts;
    std::vector<Table> tables;
};

struct Document {
    std::string title;
    std::vector<Section> sections;
};

}  // namespace esplane::bench::report
