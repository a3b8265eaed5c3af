#include "gateway/log.h"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <cstdlib>
#include <memory>
#include <string>

#include "gateway/printable.h"

namespace esplane::gateway {
namespace {

class EscapedText final : public spdlog::custom_flag_formatter {
  public:
    void format(const spdlog::details::log_msg& message, const std::tm&, spdlog::memory_buf_t& to) override {
        const std::string text = printable({message.payload.data(), message.payload.size()});
        to.append(text.data(), text.data() + text.size());
    }
    std::unique_ptr<custom_flag_formatter> clone() const override { return std::make_unique<EscapedText>(); }
};

spdlog::level::level_enum to_spdlog(LogLevel level) {
    switch (level) {
        case LogLevel::kError:
            return spdlog::level::err;
        case LogLevel::kWarning:
            return spdlog::level::warn;
        case LogLevel::kInfo:
            return spdlog::level::info;
        case LogLevel::kDebug:
            return spdlog::level::debug;
    }
    return spdlog::level::info;
}

spdlog::level::level_enum to_spdlog(ike::Severity severity) {
    switch (severity) {
        case ike::Severity::kInfo:
            return spdlog::level::info;
        case ike::Severity::kWarning:
            return spdlog::level::warn;
        case ike::Severity::kError:
            return spdlog::level::err;
    }
    return spdlog::level::info;
}

}  // namespace

void open_log(LogLevel level) {
    auto formatter = std::make_unique<spdlog::pattern_formatter>();
    const bool stamped_by_journal = std::getenv("JOURNAL_STREAM") != nullptr;
    formatter->add_flag<EscapedText>('*').set_pattern(stamped_by_journal ? "%^%l%$ %*"
                                                                         : "%Y-%m-%dT%H:%M:%S.%e%z %^%l%$ %*");
    auto logger = std::make_shared<spdlog::logger>("esplane", std::make_shared<spdlog::sinks::stderr_color_sink_st>());
    logger->set_formatter(std::move(formatter));
    logger->flush_on(spdlog::level::trace);
    spdlog::set_default_logger(std::move(logger));
    set_log_level(level);
}

void set_log_level(LogLevel level) {
    spdlog::set_level(to_spdlog(level));
}

void log_error(std::string_view line) {
    spdlog::error(line);
}

void log_warning(std::string_view line) {
    spdlog::warn(line);
}

void log_info(std::string_view line) {
    spdlog::info(line);
}

void log_happened(const ike::Happened& happened) {
    // A tunnel's line names it, and most messages do so by themselves.
    const bool named = happened.message.find(happened.tunnel) != std::string::npos;
    const std::string prefix = named ? "" : "Tunnel " + happened.tunnel + ": ";
    spdlog::log(to_spdlog(happened.severity), "[" + happened.code + "] " + prefix + happened.message);
}

}  // namespace esplane::gateway
