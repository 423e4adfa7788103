// SPDX-License-Identifier: Apache-2.0
// Whoever opens a device through the library runs no text of a stranger's bundle unless they say that they trust it.
#include "runtime/program/known_program.hpp"

#include <gmock/gmock.h>

#include "runtime/base/file.hpp"
#include "runtime/base/json.hpp"
#include "runtime/base/sha256.hpp"
#include "runtime/drivers/device_list.hpp"
#include "tests/conformance/tiny_network.hpp"
#include "tests/support/scratch.hpp"

namespace sluice::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kMark = "strange_text_that_no_compiler_takes";

// A bundle of the tiny network in which a file has another text, and whose manifest vouches for it.
Bundle bundle_with_text(const Scratch& scratch, const std::string& name, const std::string& text) {
  const std::filesystem::path folder = scratch.path() / "bundle";
  (void)bundle_of(tiny_network(), folder).value();
  nlohmann::json manifest = parse_json(read_file(folder / "manifest.json").value());
  manifest["files"][name] = sha256_hex(text);
  EXPECT_TRUE(write_file(folder / name, text));
  EXPECT_TRUE(write_file(folder / "manifest.json", manifest.dump()));
  return Bundle::open(folder).value();
}

TEST(KnownProgram, of_an_untouched_bundle_is_accepted) {
  const Scratch scratch;
  const Status status = check_known_program(bundle_of(tiny_network(), scratch.path() / "bundle").value());
  EXPECT_TRUE(status) << status.error().text();
}

TEST(KnownProgram, every_device_that_compiles_refuses_another) {
  for (const char* file : {"kernels/sink/sink.cl", "top.cl", "lib/stream.h", "params/source.h", "identity.h"}) {
    const Scratch scratch;
    const Bundle bundle = bundle_with_text(scratch, file, kMark);
    for (const char* device : {"pocl", "threads", "fpga"}) {
      const auto opened = open_device(device, bundle, {.is_emulated = true});
      ASSERT_FALSE(opened) << device << ", " << file;
      EXPECT_EQ(opened.error().fault(), Fault::user);
      EXPECT_THAT(opened.error().text(), AllOf(HasSubstr(file), HasSubstr("not what this sluice writes"),
                                               HasSubstr("--trust-kernels"), Not(HasSubstr(kMark))));
    }
  }
}

TEST(KnownProgram, a_file_that_the_design_does_not_need_is_named) {
  const Scratch scratch;
  const auto opened = open_device("pocl", bundle_with_text(scratch, "lib/extra.h", "int more;"));
  ASSERT_FALSE(opened);
  EXPECT_THAT(opened.error().text(), HasSubstr("lib/extra.h"));
}

TEST(KnownProgram, a_file_that_the_design_needs_and_nobody_brings_is_named) {
  const Scratch scratch;
  const std::filesystem::path folder = scratch.path() / "bundle";
  (void)bundle_of(tiny_network(), folder).value();
  nlohmann::json manifest = parse_json(read_file(folder / "manifest.json").value());
  for (const char* file : {"lib/stream.h", "params/source.h", "kernels/sink/sink.cl", "identity.h"}) {
    ASSERT_EQ(manifest["files"].erase(file), 1u) << file;
    std::filesystem::remove(folder / file);
  }
  ASSERT_TRUE(write_file(folder / "manifest.json", manifest.dump()));
  const Status status = check_known_program(Bundle::open(folder).value());
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().fault(), Fault::user);
  EXPECT_THAT(status.error().text(), HasSubstr("identity.h, kernels/sink/sink.cl, lib/stream.h and 1 more: not what"));
}

TEST(KnownProgram, is_text_and_the_identity_that_it_is_checked_by) {
  for (const char* file : {"top.cl", "lib/stream.h", "identity.h"}) EXPECT_TRUE(is_written_from_design(file)) << file;
  for (const char* file : {"design.json", "weights.bin", "table.json"})
    EXPECT_FALSE(is_written_from_design(file)) << file;
}

TEST(KnownProgram, whoever_trusts_gets_the_bundles_own_text) {
  const Scratch scratch;
  const Bundle bundle = bundle_with_text(scratch, "kernels/sink/sink.cl", kMark);
  for (const char* device : {"pocl", "threads"}) {
    const auto opened = open_device(device, bundle, {.trusts_kernels = true});
    ASSERT_FALSE(opened) << device;
    EXPECT_THAT(opened.error().text(), HasSubstr(kMark)) << device;
  }
}

TEST(KnownProgram, devices_that_compile_nothing_do_not_ask) {
  const Scratch scratch;
  const Bundle bundle = bundle_with_text(scratch, "kernels/sink/sink.cl", kMark);
  for (const char* device : {"sim", "null"}) EXPECT_TRUE(open_device(device, bundle)) << device;
}

}  // namespace
}  // namespace sluice::test
