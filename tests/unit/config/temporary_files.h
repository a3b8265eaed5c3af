// Files beside a configuration, gone with the test.
#pragma once

#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

namespace esplane::config::testing {

class Files {
  public:
    Files() {
        std::string name = (std::filesystem::temp_directory_path() / "esplane-config-XXXXXX").string();
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        path_ = name;
    }
    ~Files() { std::filesystem::remove_all(path_); }
    Files(const Files&) = delete;
    Files& operator=(const Files&) = delete;

    void write(const char* name, std::string_view content, mode_t mode = 0644) const {
        const std::string path = path_ + '/' + name;
        std::ofstream(path) << content;
        REQUIRE(::chmod(path.c_str(), mode) == 0);
    }
    const std::string& path() const { return path_; }

  private:
    std::string path_;
};

}  // namespace esplane::config::testing
