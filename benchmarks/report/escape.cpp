#include "benchmarks/report/escape.h"

namespace esplane::bench::report {
namespace {

bool is_control(char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

}  // namespace

std::string escape_html(std::string_view text) {
    std::string escaped;
    for (const char c : text) {
        switch (c) {
            case '&':
                escaped += "&amp;";
                break;
            case '<':
                escaped += "&lt;";
                break;
            case '>':
                escaped += "&gt;";
                break;
            case '"':
                escaped += "&quot;";
                break;
            case '\'':
                escaped += "&#39;";
                break;
            default:
                escaped += is_control(c) ? ' ' : c;
        }
    }
    return escaped;
}

std::string escape_markdown(std::string_view text) {
    constexpr std::string_view kMarkup = "\\`*_[]<>#|~&$";
    std::string escaped;
    for (const char c : text) {
        if (kMarkup.find(c) != std::string_view::npos) escaped += '\\';
        escaped += is_control(c) ? ' ' : c;
    }
    return escaped;
}

}  // namespace esplane::bench::report
