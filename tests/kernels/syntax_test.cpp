// SPDX-License-Identifier: Apache-2.0
// Kernel files alone and generated programs pass an OpenCL front end; broken parameter headers are stopped by #error.
#include <sstream>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "device/device_files.hpp"
#include "runtime/base/file.hpp"
#include "tests/kernels/kernel_files.hpp"
#include "tests/support/opencl_front_end.hpp"
#include "tests/support/printing.hpp"
#include "tests/support/random_configs.hpp"
#include "tests/support/random_network.hpp"
#include "tests/support/scratch.hpp"

namespace sluice::test {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

constexpr Dialect kDialects[] = {Dialect::intel, Dialect::pocl};

TEST(KernelFiles, are_all_built_into_the_planner) {
  for (const std::string& op : operators()) {
    for (const fs::path& file : {kernel_file(op), signature_file(op)}) {
      const std::string name = fs::relative(file, device_folder());
      ASSERT_EQ(device_files().count(name), 1u) << name << " is missing from device/contract/kernel_list.inc";
      EXPECT_EQ(device_files().at(name), read_file(file).value());
    }
  }
  for (const auto& [name, text] : device_files()) EXPECT_TRUE(fs::exists(device_folder() / name)) << name;
}

class Operators : public ::testing::TestWithParam<std::string> {};

TEST_P(Operators, compile_alone) {
  for (const Dialect dialect : kDialects) {
    EXPECT_EQ(front_end_complaints(kernel_file(GetParam()), device_folder(), dialect), "");
  }
}

// The numbers and names that the signature defines, in order.
std::vector<std::string> parameters_of(const std::string& op) {
  std::vector<std::string> names;
  std::istringstream lines(read_file(signature_file(op)).value());
  for (std::string line; std::getline(lines, line);) {
    if (line.rfind("#define P_", 0) == 0) names.push_back(line.substr(8, line.find_first_of(" (", 8) - 8));
  }
  return names;
}

// What a bundle's params file does, with some text between the numbers and the kernel.
std::string with_change(const std::string& op, const std::string& change, Dialect dialect) {
  const Scratch scratch;
  const fs::path file = scratch.path() / "top.cl";
  const std::string text =
      fmt::format("#include \"kernels/{0}/{0}_params.h\"\n{1}#include \"kernels/{0}/{0}.cl\"\n", op, change);
  EXPECT_TRUE(write_file(file, text));
  return front_end_complaints(file, device_folder(), dialect);
}

TEST_P(Operators, are_included_again_after_themselves) {
  // Beat types and streams are declared once; the second instance has another name and id only.
  const Scratch scratch;
  std::string second = read_file(signature_file(GetParam())).value();
  std::istringstream lines(second);
  std::string text = fmt::format("#include \"kernels/{0}/{0}.cl\"\n", GetParam());
  for (std::string line; std::getline(lines, line);) {
    const bool is_declaration = line.rfind("BEAT_", 0) == 0 || line.rfind("STREAM", 0) == 0;
    if (line.rfind("#define P_NAME ", 0) == 0) line = "#define P_NAME again";
    if (!is_declaration) text += line + "\n";
  }
  text += fmt::format("#include \"kernels/{0}/{0}.cl\"\n", GetParam());
  ASSERT_TRUE(write_file(scratch.path() / "top.cl", text));
  for (const Dialect dialect : kDialects)
    EXPECT_EQ(front_end_complaints(scratch.path() / "top.cl", device_folder(), dialect), "");
}

TEST_P(Operators, stop_without_a_parameter) {
  const auto parameters = parameters_of(GetParam());
  ASSERT_GE(parameters.size(), 3u);
  EXPECT_EQ(with_change(GetParam(), "", Dialect::intel), "");
  for (const std::string& name : parameters) {
    if (name == "P_NAME") continue;  // without it the file takes its own signature
    const std::string change = "#undef " + name + "\n";
    EXPECT_THAT(with_change(GetParam(), change, Dialect::intel) + with_change(GetParam(), change, Dialect::pocl),
                HasSubstr("error:"))
        << name << " is never missed";
  }
}

TEST_P(Operators, stop_when_a_parameter_is_set_twice) {
  for (const std::string& name : parameters_of(GetParam())) {
    if (name == "P_STREAMS") continue;
    const std::string text = with_change(GetParam(), "#define " + name + " 12345\n", Dialect::intel);
    EXPECT_THAT(text, HasSubstr("'" + name + "' macro redefined"));
  }
}

TEST_P(Operators, stop_when_the_layer_before_is_open) {
  const Scratch scratch;
  ASSERT_TRUE(write_file(scratch.path() / "top.cl", fmt::format("#include \"kernels/{0}/{0}_params.h\"\n"
                                                                "#include \"lib/begin_layer.h\"\n",
                                                                GetParam())));
  for (const Dialect dialect : kDialects) {
    EXPECT_THAT(front_end_complaints(scratch.path() / "top.cl", device_folder(), dialect), HasSubstr("still open"));
  }
}

TEST_P(Operators, close_everything_they_opened) {
  const Scratch scratch;
  std::string text = fmt::format("#include \"kernels/{0}/{0}.cl\"\n", GetParam());
  for (const std::string& name : parameters_of(GetParam()))
    text += fmt::format("#ifdef {0}\n#error \"{0} leaks\"\n#endif\n", name);
  // A kernel file's own helpers must go too: they would shadow the next file's.
  std::istringstream lines(read_file(kernel_file(GetParam())).value());
  for (std::string line; std::getline(lines, line);) {
    if (line.rfind("#define ", 0) != 0) continue;
    text += fmt::format("#ifdef {0}\n#error \"{0} leaks\"\n#endif\n", line.substr(8, line.find_first_of(" (", 8) - 8));
  }
  ASSERT_TRUE(write_file(scratch.path() / "top.cl", text));
  EXPECT_EQ(front_end_complaints(scratch.path() / "top.cl", device_folder(), Dialect::intel), "");
}

INSTANTIATE_TEST_SUITE_P(each, Operators, ::testing::ValuesIn(operators()),
                         [](const auto& info) { return info.param; });

class Programs : public ::testing::TestWithParam<std::tuple<int, KernelKind>> {};

TEST_P(Programs, pass_the_front_end) {
  const auto& [seed, engine] = GetParam();
  SCOPED_TRACE("seed " + std::to_string(seed));
  Random random(seed);
  const IntegerNetwork network = random_network(random, 2 + seed % 5, seed % 3 == 0 ? 16 : 8);
  const Scratch scratch;
  const auto bundle = bundle_of(network, scratch.path() / "bundle", LayerConfigs(network.layers.size(), {engine}));
  ASSERT_TRUE(bundle) << bundle.error().text();
  EXPECT_EQ(front_end_complaints(scratch.path() / "bundle"), "");
}

class ConfiguredPrograms : public ::testing::TestWithParam<int> {};

TEST_P(ConfiguredPrograms, pass_the_front_end) {
  SCOPED_TRACE("seed " + std::to_string(GetParam()));
  Random random(GetParam());
  const IntegerNetwork network = random_network(random, 2 + GetParam() % 5, GetParam() % 3 == 0 ? 16 : 8);
  const Scratch scratch;
  const auto bundle = bundle_of(network, scratch.path() / "bundle", random_configs(random, network));
  ASSERT_TRUE(bundle) << bundle.error().text();
  EXPECT_EQ(front_end_complaints(scratch.path() / "bundle"), "");
}

INSTANTIATE_TEST_SUITE_P(seeds, ConfiguredPrograms, ::testing::Range(1, 7));

INSTANTIATE_TEST_SUITE_P(
    seeds, Programs,
    ::testing::Combine(::testing::Range(1, 5),
                       ::testing::Values(KernelKind::conv_dense, KernelKind::conv_activation_sparse,
                                         KernelKind::conv_pair_sparse, KernelKind::conv_weight_sparse,
                                         KernelKind::conv_grouped_prefix)));

}  // namespace
}  // namespace sluice::test
