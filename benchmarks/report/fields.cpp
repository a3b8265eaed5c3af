#include "benchmarks/report/fields.h"

#include <fmt/format.h>

#include <limits>
#include <stdexcept>
#include <utility>

namespace esplane::bench::report {
namespace {

using Json = nlohmann::ordered_json;

bool is_amount(const Json& value) {
    return value.is_number() && value.get<double>() >= 0;
}

}  // namespace

Fields::Fields(const Json& document, std::string place) : Fields(document, std::move(place), {}) {}

Fields::Fields(const Json& object, std::string file, std::string path)
    : object_(&object), file_(std::move(file)), path_(std::move(path)) {
    if (!object.is_object()) fail("is not an object");
}

bool Fields::has(std::string_view key) const {
    return object_->contains(key);
}

double Fields::number(std::string_view key) const {
    const Json& value = at(key);
    if (!is_amount(value)) fail_at(key, "is not a number of zero or more");
    return value.get<double>();
}

std::uint64_t Fields::count(std::string_view key) const {
    const Json& value = at(key);
    if (!value.is_number_unsigned()) fail_at(key, "is not a count");
    return value.get<std::uint64_t>();
}

std::uint32_t Fields::small_count(std::string_view key) const {
    const std::uint64_t value = count(key);
    if (value > std::numeric_limits<std::uint32_t>::max()) fail_at(key, "is too large a count");
    return static_cast<std::uint32_t>(value);
}

bool Fields::flag(std::string_view key) const {
    const Json& value = at(key);
    if (!value.is_boolean()) fail_at(key, "is neither true nor false");
    return value.get<bool>();
}

std::string Fields::text(std::string_view key) const {
    const Json& value = at(key);
    if (!value.is_string()) fail_at(key, "is not a text");
    return value.get<std::string>();
}

std::string Fields::size(std::string_view key) const {
    const Json& value = at(key);
    if (value.is_string()) return value.get<std::string>();
    if (!value.is_number_unsigned()) fail_at(key, "is neither a number of octets nor a name");
    return std::to_string(value.get<std::uint64_t>());
}

Fields Fields::object(std::string_view key) const {
    return {at(key), file_, path_of(key)};
}

void Fields::each_value(const std::function<void(const std::string&, std::string)>& visit) const {
    for (const auto& [key, value] : object_->items())
        visit(key, value.is_string() ? value.get<std::string>() : value.dump());
}

void Fields::each_number(const std::function<void(const std::string&, double)>& visit) const {
    for (const auto& [key, value] : object_->items())
        visit(key, number(key));
}

void Fields::each_object(std::string_view key, const std::function<void(const Fields&)>& visit) const {
    const Json& list = at(key);
    if (!list.is_array()) fail_at(key, "is not a list");
    for (std::size_t i = 0; i < list.size(); ++i)
        visit({list[i], file_, fmt::format("{}[{}]", path_of(key), i)});
}

void Fields::fail(std::string_view what) const {
    throw std::runtime_error(path_.empty() ? fmt::format("{}: {}", file_, what)
                                           : fmt::format("{}: {} {}", file_, path_, what));
}

const Json& Fields::at(std::string_view key) const {
    const auto found = object_->find(key);
    if (found == object_->end()) fail_at(key, "is missing");
    return *found;
}

std::string Fields::path_of(std::string_view key) const {
    return path_.empty() ? std::string(key) : fmt::format("{}.{}", path_, key);
}

void Fields::fail_at(std::string_view key, std::string_view what) const {
    throw std::runtime_error(fmt::format("{}: {} {}", file_, path_of(key), what));
}

}  // namespace esplane::bench::report
