// SPDX-License-Identifier: Apache-2.0
// A bundle is opened whole and unchanged, or refused with the name of the file at fault.
#include <gmock/gmock.h>

#include "runtime/base/file.hpp"
#include "runtime/base/json.hpp"
#include "runtime/base/sha256.hpp"
#include "tests/support/scratch.hpp"
#include "tests/unit/runtime/bundle/designs.hpp"

namespace sluice::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;

class BundleFolder : public ::testing::Test {
 protected:
  BundleFolder() : folder_(scratch_.path() / "bundle") {
    Random random(21);
    network_ = seasoned_network(random, 3);
    auto bundle = bundle_of(network_, folder_);
    if (!bundle) throw std::runtime_error(bundle.error().text());
    for (const auto& [name, hash] : bundle->hashes()) names_.push_back(name);
  }

  std::string content(const std::string& name) { return read_file(folder_ / name).value(); }
  void change(const std::string& name, const std::string& bytes) { ASSERT_TRUE(replace_file(folder_ / name, bytes)); }
  // Changes a file and makes the manifest agree, as someone would who edits a bundle on purpose.
  void change_and_seal(const std::string& name, const std::string& bytes) {
    change(name, bytes);
    json manifest = json::parse(content("manifest.json"));
    manifest["files"][name] = sha256_hex(bytes);
    change("manifest.json", manifest.dump());
  }
  // Why the bundle is refused; empty when it opens.
  std::string refusal() {
    const auto bundle = Bundle::open(folder_);
    if (bundle) return "";
    EXPECT_EQ(bundle.error().fault(), Fault::user) << bundle.error().text();
    return bundle.error().text();
  }

  Scratch scratch_;
  fs::path folder_;
  IntegerNetwork network_;
  std::vector<std::string> names_;
};

TEST_F(BundleFolder, opens_with_the_design_that_was_written) {
  auto bundle = Bundle::open(folder_);
  ASSERT_TRUE(bundle) << bundle.error().text();
  expect_equal(bundle->network(), network_);
  expect_equal(bundle->netlist(), build_netlist(network_).value());
  EXPECT_EQ(bundle->folder(), folder_);
  EXPECT_EQ(bundle->design_hash(), sha256_hex(content("design.json")));
  for (const std::string& name : names_) EXPECT_EQ(bundle->read(name).value(), content(name)) << name;
}

TEST_F(BundleFolder, opens_under_every_spelling_of_its_path) {
  for (const fs::path& path : {folder_ / "", scratch_.path() / "." / "bundle", fs::relative(folder_)}) {
    EXPECT_TRUE(Bundle::open(path)) << path;
  }
}

TEST_F(BundleFolder, is_the_same_bytes_for_the_same_network) {
  auto again = bundle_of(network_, scratch_.path() / "again");
  ASSERT_TRUE(again) << again.error().text();
  EXPECT_EQ(again->hashes(), Bundle::open(folder_).value().hashes());
}

TEST_F(BundleFolder, refuses_every_changed_file_by_name) {
  ASSERT_GE(names_.size(), 10u);
  for (const std::string& name : names_) {
    const std::string before = content(name);
    std::string bytes = before;
    bytes[bytes.size() / 2] ^= 1;
    change(name, bytes);
    EXPECT_THAT(refusal(), AllOf(HasSubstr(name), HasSubstr("changed")));
    change(name, before);
  }
  EXPECT_EQ(refusal(), "");
}

TEST_F(BundleFolder, refuses_every_missing_file_by_name) {
  for (const std::string& name : names_) {
    fs::rename(folder_ / name, scratch_.path() / "aside");
    EXPECT_THAT(refusal(), AllOf(HasSubstr(name), HasSubstr("missing")));
    fs::rename(scratch_.path() / "aside", folder_ / name);
  }
  EXPECT_EQ(refusal(), "");
}

TEST_F(BundleFolder, refuses_added_files_by_name) {
  for (const char* name : {"extra.txt", "lib/extra.h", "params/stream.h", "new/deep/file"}) {
    fs::create_directories((folder_ / name).parent_path());
    change(name, "#define P_ID 7\n");
    EXPECT_THAT(refusal(), AllOf(HasSubstr(name), HasSubstr("not part of the bundle")));
    fs::remove(folder_ / name);
  }
}

TEST_F(BundleFolder, refuses_an_added_link_to_a_folder) {
  fs::create_directory_symlink(scratch_.path(), folder_ / "kernels/elsewhere");
  EXPECT_THAT(refusal(), AllOf(HasSubstr("kernels/elsewhere"), HasSubstr("not part of the bundle")));
}

TEST_F(BundleFolder, refuses_paths_that_are_no_bundle) {
  const auto open = [&](const fs::path& path) { return Bundle::open(path).error(); };
  EXPECT_THAT(open(scratch_.path() / "absent").text(), HasSubstr("absent: no such bundle"));
  EXPECT_THAT(open(folder_ / "top.cl").text(), HasSubstr("is a file"));
  EXPECT_THAT(open(scratch_.path()).text(), HasSubstr("no manifest.json"));
  EXPECT_EQ(open(scratch_.path()).fault(), Fault::user);
}

TEST_F(BundleFolder, refuses_a_manifest_of_another_version) {
  json manifest = json::parse(content("manifest.json"));
  for (const json& version : {json(0), json(kBundleVersion + 1), json("1"), json(1.5), json(nullptr), json(1e300)}) {
    manifest["version"] = version;
    change("manifest.json", manifest.dump());
    EXPECT_THAT(refusal(), HasSubstr("manifest.json")) << version;
  }
}

TEST_F(BundleFolder, refuses_broken_manifests) {
  const std::string whole = content("manifest.json");
  for (const std::string& text :
       {std::string(), std::string("{}"), std::string("[]"), std::string("null"), whole.substr(0, whole.size() / 2),
        std::string("{\"version\": 1}"), std::string("{\"version\": 1, \"files\": []}"),
        std::string("{\"version\": 1, \"files\": {\"design.json\": 7}}"),
        std::string("{\"version\": 1, \"files\": {}}")}) {
    change("manifest.json", text);
    EXPECT_THAT(refusal(), HasSubstr("manifest.json")) << text;
  }
}

TEST_F(BundleFolder, refuses_manifest_entries_that_leave_the_folder) {
  ASSERT_TRUE(write_file(scratch_.path() / "outside", "text"));
  const json whole = json::parse(content("manifest.json"));
  for (const std::string& name : {std::string("../outside"), std::string("lib/../../outside"), std::string(".."),
                                  (scratch_.path() / "outside").string(), std::string("./outside"), std::string()}) {
    json manifest = whole;
    manifest["files"][name] = sha256_hex("text");
    change("manifest.json", manifest.dump());
    EXPECT_THAT(refusal(), AllOf(HasSubstr("manifest.json"), HasSubstr("bad entry \"" + name + "\"")));
  }
}

TEST_F(BundleFolder, refuses_a_manifest_without_the_files_it_needs) {
  const json whole = json::parse(content("manifest.json"));
  for (const char* name : {"design.json", "weights.bin", "top.cl"}) {
    json manifest = whole;
    manifest["files"].erase(name);
    change("manifest.json", manifest.dump());
    EXPECT_THAT(refusal(), HasSubstr(name));
  }
}

// Sealed again, so that the content is looked at and not only its hash.
TEST_F(BundleFolder, names_every_json_file_that_is_broken) {
  int files = 0;
  for (const std::string& name : names_) {
    // Reports are for people; nobody opens a bundle for them.
    if (fs::path(name).extension() != ".json" || name.rfind("report/", 0) == 0) continue;
    ++files;
    const std::string before = content(name);
    for (const std::string& text :
         {std::string(), before.substr(0, before.size() / 2), std::string("null"), std::string("[]"), std::string("{}"),
          std::string("{\"version\": 1}"), std::string("{\"version\": 77}"), std::string("\xff\xfe")}) {
      change_and_seal(name, text);
      EXPECT_THAT(refusal(), HasSubstr(name)) << text;
    }
    change_and_seal(name, before);
  }
  EXPECT_GE(files, 1);
  EXPECT_EQ(refusal(), "");
}

TEST_F(BundleFolder, names_truncated_weights) {
  const std::string weights = content("weights.bin");
  change_and_seal("weights.bin", weights.substr(0, weights.size() - 2));
  EXPECT_THAT(refusal(), HasSubstr("weights.bin"));
}

TEST_F(BundleFolder, read_checks_the_hash_again) {
  const Bundle bundle = Bundle::open(folder_).value();
  change("top.cl", "/* changed after opening */\n");
  EXPECT_THAT(bundle.read("top.cl").error().text(), HasSubstr("top.cl was changed"));
  EXPECT_THAT(bundle.read("manifest.json").error().text(), HasSubstr("no file manifest.json"));
  EXPECT_THAT(bundle.read("../outside").error().text(), HasSubstr("no file ../outside"));
}

TEST_F(BundleFolder, is_not_written_over_another_one) {
  const std::string before = content("manifest.json");
  const auto again = bundle_of(network_, folder_);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().fault(), Fault::user);
  EXPECT_EQ(content("manifest.json"), before);
}

}  // namespace
}  // namespace sluice::test
