// The fields of an object of JSON, each with its place, so that a message can name it.
#pragma once

#include <cstdint>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace esplane::bench::report {

/// Refers to a document, which outlives it. What is absent or of another kind throws std::runtime_error with the place:
/// "runs/new.json: results[3].mpps is missing".
class Fields {
  public:
    /// The whole document; `place` is the file's name.
    Fields(const nlohmann::ordered_json& document, std::string place);

    bool has(std::string_view key) const;
    double number(std::string_view key) const;  ///< zero or more
    std::uint64_t count(std::string_view key) const;
    std::uint32_t small_count(std::string_view key) const;  ///< below 2^32
    bool flag(std::string_view key) const;
    std::string text(std::string_view key) const;
    /// A number of octets or a name: both as text.
    std::string size(std::string_view key) const;
    Fields object(std::string_view key) const;
    /// Every value as text, in the order of the file.
    void each_value(const std::function<void(const std::string& key, std::string text)>& visit) const;
    /// Every value must be a number.
    void each_number(const std::function<void(const std::string& key, double value)>& visit) const;
    /// The field is an array of objects.
    void each_object(std::string_view key, const std::function<void(const Fields& element)>& visit) const;

    /// The place, then `what`.
    [[noreturn]] void fail(std::string_view what) const;

  private:
    Fields(const nlohmann::ordered_json& object, std::string file, std::string path);
    const nlohmann::ordered_json& at(std::string_view key) const;
    std::string path_of(std::string_view key) const;
    [[noreturn]] void fail_at(std::string_view key, std::string_view what) const;

    const nlohmann::ordered_json* object_;
    std::string file_;
    std::string path_;
};

}  // namespace esplane::bench::report
