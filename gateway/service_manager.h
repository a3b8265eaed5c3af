// What systemd is told, where it runs us; nothing happens elsewhere.
#pragma once

#include <chrono>
#include <optional>
#include <string>

namespace esplane::gateway {

void notify_ready(const std::string& status);
void notify_reloading();
void notify_stopping();
void notify_alive();
/// How often notify_alive is wanted; empty: not at all.
std::optional<std::chrono::milliseconds> alive_interval();

}  // namespace esplane::gateway
