#include "benchmarks/report/svg.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>
#include <vector>

#include "benchmarks/report/axis.h"
#include "benchmarks/report/escape.h"
#include "benchmarks/report/order.h"

namespace esplane::bench::report {
namespace {

constexpr double kWidth = 640;
constexpr double kLeft = 64;
constexpr double kRight = kWidth - 12;
constexpr double kTop = 36;
constexpr double kBottom = 290;
constexpr double kLegendTop = kBottom + 54;
constexpr double kLegendLine = 18;
constexpr std::size_t kLegendColumns = 2;
constexpr std::size_t kMostLabels = 10;  // side by side without touching

constexpr std::array<std::string_view, 5> kDashes{"", "6 3", "2 3", "8 3 2 3", "12 4"};

struct Colour {
    std::string_view light;
    std::string_view dark;
};
constexpr std::array<Colour, kColours> kPalette{{{"#1a66b3", "#6cb0f0"},
                                                 {"#c4561b", "#f0955a"},
                                                 {"#1f7a4d", "#5fc794"},
                                                 {"#88171a", "#f07c80"},
                                                 {"#6b4fa0", "#b9a1ec"},
                                                 {"#8a6d00", "#e0c350"},
                                                 {"#0c7c86", "#55cbd6"},
                                                 {"#a83279", "#ee8cc6"},
                                                 {"#55606b", "#aeb9c4"},
                                                 {"#5d7a1f", "#a9cf5e"}}};

class Picture {
  public:
    explicit Picture(const Chart& chart) : chart_(chart), axis_(axis_of(chart)) {}

    std::string draw() {
        const std::size_t lines = (chart_.series.size() + kLegendColumns - 1) / kLegendColumns;
        const double height = kLegendTop + kLegendLine * static_cast<double>(lines);
        text_ = fmt::format("<svg viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{}\">\n", kWidth, height,
                            escape_html(chart_.title));
        label(kLeft, 16, "title", chart_.title);
        y_axis();
        x_axis();
        if (chart_.form == Chart::Form::kStackedBars) {
            bars();
        } else {
            for (const Series& series : chart_.series)
                line(series);
        }
        legend();
        return std::move(text_) + "</svg>\n";
    }

  private:
    static Axis axis_of(const Chart& chart) {
        std::vector<double> values;
        if (chart.form == Chart::Form::kStackedBars) {
            for (std::size_t at = 0; at < chart.categories.size(); ++at) {
                double sum = 0;
                for (const Series& series : chart.series)
                    sum += series.values[at].value_or(0);
                values.push_back(sum);
            }
            return Axis::linear(values);
        }
        for (const Series& series : chart.series) {
            for (const auto& value : series.values)
                values.push_back(value.value_or(0));
        }
        return chart.logarithmic ? Axis::logarithmic(values) : Axis::linear(values);
    }

    double slot() const { return (kRight - kLeft) / static_cast<double>(chart_.categories.size()); }
    double x(std::size_t category) const { return kLeft + (static_cast<double>(category) + 0.5) * slot(); }
    double y(double value) const { return kBottom - axis_.position(value) * (kBottom - kTop); }

    void label(double at_x, double at_y, std::string_view kind, std::string_view text, std::string_view more = {}) {
        text_ += fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" class=\"{}\"{}>{}</text>\n", at_x, at_y, kind, more,
                             escape_html(text));
    }

    void y_axis() {
        for (const double tick : axis_.ticks()) {
            text_ += fmt::format("<line class=\"grid\" x1=\"{0}\" x2=\"{1}\" y1=\"{2:.1f}\" y2=\"{2:.1f}\"/>\n", kLeft,
                                 kRight, y(tick));
            label(kLeft - 6, y(tick) + 4, "end", fmt::format("{:g}", tick));
        }
        label(14, (kTop + kBottom) / 2, "middle", chart_.y_title,
              fmt::format(" transform=\"rotate(-90 14 {})\"", (kTop + kBottom) / 2));
    }

    void x_axis() {
        text_ +=
            fmt::format("<line class=\"axis\" x1=\"{0}\" x2=\"{1}\" y1=\"{2}\" y2=\"{2}\"/>\n", kLeft, kRight, kBottom);
        // Where they are many, some go without a label: a bar's has its name to be seen under the pointer.
        const std::size_t step = (chart_.categories.size() + kMostLabels - 1) / kMostLabels;
        for (std::size_t at = 0; at < chart_.categories.size(); at += step)
            label(x(at), kBottom + 16, "middle", chart_.categories[at]);
        label((kLeft + kRight) / 2, kBottom + 36, "middle", chart_.x_title);
    }

    bool is_shown(const std::optional<double>& value) const { return value && (!chart_.logarithmic || *value > 0); }

    void line(const Series& series) {
        std::string path;
        bool is_joined = false;
        for (std::size_t at = 0; at < series.values.size(); ++at) {
            if (is_shown(series.values[at]))
                path += fmt::format("{}{:.1f} {:.1f}", is_joined ? 'L' : 'M', x(at), y(*series.values[at]));
            is_joined = is_shown(series.values[at]);
        }
        text_ += fmt::format("<path class=\"line s{}\"{} d=\"{}\"/>\n", series.colour % kColours, dash(series), path);
        for (std::size_t at = 0; at < series.values.size(); ++at) {
            if (!is_shown(series.values[at])) continue;
            text_ += fmt::format("<circle class=\"f{}\" cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"3\">{}</circle>\n",
                                 series.colour % kColours, x(at), y(*series.values[at]), hint(series, at));
        }
    }

    void bars() {
        const double width = std::min(slot() * 0.8, 60.0);
        for (std::size_t at = 0; at < chart_.categories.size(); ++at) {
            double below = 0;
            for (const Series& series : chart_.series) {
                const double value = series.values[at].value_or(0);
                text_ += fmt::format(
                    "<rect class=\"f{}\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\">{}</rect>\n",
                    series.colour % kColours, x(at) - width / 2, y(below + value), width, y(below) - y(below + value),
                    hint(series, at));
                below += value;
            }
        }
    }

    /// What is seen under the pointer.
    std::string hint(const Series& series, std::size_t at) const {
        return fmt::format("<title>{}, {}: {}</title>", escape_html(series.name), escape_html(chart_.categories[at]),
                           figure(series.values[at].value_or(0)));
    }

    static std::string dash(const Series& series) {
        const std::string_view pattern = kDashes[series.dash % kDashes.size()];
        return pattern.empty() ? "" : fmt::format(" stroke-dasharray=\"{}\"", pattern);
    }

    void legend() {
        const double column = (kRight - kLeft) / kLegendColumns;
        for (std::size_t i = 0; i < chart_.series.size(); ++i) {
            const Series& series = chart_.series[i];
            const double left = kLeft + column * static_cast<double>(i % kLegendColumns);
            const double top = kLegendTop + kLegendLine * static_cast<double>(i / kLegendColumns);
            if (chart_.form == Chart::Form::kStackedBars) {
                text_ += fmt::format("<rect class=\"f{}\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"12\" height=\"12\"/>\n",
                                     series.colour % kColours, left, top - 6);
            } else {
                text_ += fmt::format("<path class=\"line s{}\"{} d=\"M{:.1f} {:.1f}h24\"/>\n", series.colour % kColours,
                                     dash(series), left, top);
            }
            label(left + 30, top + 4, "start", series.name);
        }
    }

    const Chart& chart_;
    Axis axis_;
    std::string text_;
};

std::string colours(std::string_view Colour::*shade) {
    std::string rules;
    for (std::size_t i = 0; i < kPalette.size(); ++i)
        rules += fmt::format(".s{0} {{ stroke: {1}; }} .f{0} {{ fill: {1}; }}\n", i, kPalette[i].*shade);
    return rules;
}

}  // namespace

std::string to_svg(const Chart& chart) {
    return Picture(chart).draw();
}

std::string svg_style() {
    return "svg text { fill: currentColor; font-size: 12px; }\n"
           "svg .title { font-size: 14px; font-weight: 600; }\n"
           "svg .middle { text-anchor: middle; }\n"
           "svg .end { text-anchor: end; }\n"
           "svg .grid { stroke: currentColor; stroke-opacity: 0.15; }\n"
           "svg .axis { stroke: currentColor; stroke-opacity: 0.6; }\n"
           "svg .line { fill: none; stroke-width: 2; }\n" +
           colours(&Colour::light) + "@media (prefers-color-scheme: dark) {\n" + colours(&Colour::dark) + "}\n";
}

}  // namespace esplane::bench::report
