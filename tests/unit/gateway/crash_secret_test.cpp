#include "gateway/crash_secret.h"

#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

namespace esplane::gateway {
namespace {

/// A new folder, gone with the test.
class Folder {
  public:
    Folder() {
        std::string made = (std::filesystem::temp_directory_path() / "esplane-state-XXXXXX").string();
        path_ = mkdtemp(made.data());
    }
    ~Folder() { std::filesystem::remove_all(path_); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    std::filesystem::path operator/(const char* name) const { return path_ / name; }

  private:
    std::filesystem::path path_;
};

Bytes kept_in(const std::filesystem::path& directory, crypto::Random& random) {
    const auto secret = keep_crash_secret(directory.string(), random);
    REQUIRE(secret);
    return to_bytes(secret->view());
}

TEST_CASE("the secret is made once, with its folder, and found again") {
    const Folder folder;
    crypto::SeededRandom random(1);
    const Bytes made = kept_in(folder / "lib/esplane", random);
    CHECK(made.size() == 32);
    CHECK(kept_in(folder / "lib/esplane", random) == made);
    CHECK(kept_in(folder / "other", random) != made);
    struct stat about {};
    REQUIRE(stat((folder / "lib/esplane/crash_secret").c_str(), &about) == 0);
    CHECK((about.st_mode & 0777) == 0600);
}

TEST_CASE("a secret that others can have read, or that is none, is replaced") {
    const Folder folder;
    crypto::SeededRandom random(2);
    const Bytes made = kept_in(folder / ".", random);
    const auto file = folder / "crash_secret";
    SECTION("readable by the group") {
        chmod(file.c_str(), 0640);
    }
    SECTION("cut short") {
        std::filesystem::resize_file(file, 31);
    }
    SECTION("empty") {
        std::filesystem::resize_file(file, 0);
    }
    SECTION("a link to elsewhere") {
        std::filesystem::rename(file, folder / "elsewhere");
        std::filesystem::create_symlink(folder / "elsewhere", file);
    }
    const Bytes fresh = kept_in(folder / ".", random);
    CHECK(fresh != made);
    CHECK(kept_in(folder / ".", random) == fresh);
}

TEST_CASE("no place for the secret is an error that names it") {
    const Folder folder;
    crypto::SeededRandom random(3);
    std::ofstream(folder / "file") << "no folder";
    const auto secret = keep_crash_secret((folder / "file").string(), random);
    REQUIRE_FALSE(secret);
    CHECK_THAT(secret.error(), Catch::Contains((folder / "file").string()));
}

}  // namespace
}  // namespace esplane::gateway
