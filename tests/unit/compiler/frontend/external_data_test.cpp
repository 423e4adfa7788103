// SPDX-License-Identifier: Apache-2.0
// Weights in a second file: read where they are whole and in the model's folder, refused by name everywhere else.
#include "compiler/frontend/external_data.hpp"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "compiler/frontend/onnx_import.hpp"
#include "compiler/frontend/tensor_reader.hpp"
#include "onnx.pb.h"
#include "tests/support/onnx_writer.hpp"
#include "tests/unit/compiler/testing.hpp"
#include "tests/unit/runtime/temporary_folder.hpp"

namespace sluice {
namespace {

namespace fs = std::filesystem;

class ExternalData : public ::testing::Test {
 protected:
  void SetUp() override {
    fs::create_directories(inside_ / "below");
    write(folder_.path() / "outside.data", 64);
    write(inside_ / "w.data", 64);
    write(inside_ / "below" / "w.data", 64);
    fs::create_symlink(folder_.path() / "outside.data", inside_ / "link.data");
    fs::create_directory_symlink(folder_.path(), inside_ / "up");
  }
  static void write(const fs::path& file, std::size_t bytes) {
    std::ofstream out(file, std::ios::binary);
    for (std::size_t i = 0; i < bytes / 4; ++i) {
      const float number = static_cast<float>(i);
      out.write(reinterpret_cast<const char*>(&number), 4);
    }
  }
  static onnx::TensorProto tensor(std::vector<std::pair<const char*, std::string>> entries, std::int64_t count = 4) {
    onnx::TensorProto proto;
    proto.set_data_type(onnx::TensorProto::FLOAT);
    proto.add_dims(count);
    proto.set_data_location(onnx::TensorProto::EXTERNAL);
    for (const auto& [key, value] : entries) {
      auto* entry = proto.add_external_data();
      entry->set_key(key);
      entry->set_value(value);
    }
    return proto;
  }
  std::string refusal(const onnx::TensorProto& proto) const {
    const auto read = frontend::read_tensor(proto, inside_);
    return read ? "" : read.error().text();
  }

  TemporaryFolder folder_;
  fs::path inside_ = folder_.path() / "model";
};

TEST_F(ExternalData, is_read_from_its_offset) {
  ASSERT_RESULT(all, frontend::read_tensor(tensor({{"location", "w.data"}}, 16), inside_));
  EXPECT_EQ(all.values[15], 15.0f);
  ASSERT_RESULT(
      some, frontend::read_tensor(tensor({{"location", "below/w.data"}, {"offset", "48"}, {"length", "16"}}), inside_));
  EXPECT_EQ(some.values, (std::vector<float>{12, 13, 14, 15}));
  ASSERT_RESULT(dotted, frontend::read_tensor(tensor({{"location", "below/../w.data"}}), inside_));
  EXPECT_EQ(dotted.values[3], 3.0f);
}

TEST_F(ExternalData, outside_the_folder_is_refused) {
  const std::string absolute = (inside_ / "w.data").string();
  for (const std::string& location : {std::string("../outside.data"), std::string("below/../../outside.data"),
                                      std::string("link.data"), std::string("up/outside.data"), absolute,
                                      std::string("/dev/zero"), std::string("."), std::string("w.data\0x", 8)}) {
    EXPECT_NE(refusal(tensor({{"location", location}})).find("outside the model's folder"), std::string::npos)
        << location;
  }
}

TEST_F(ExternalData, that_is_not_there_or_not_whole_is_refused) {
  EXPECT_NE(refusal(tensor({{"location", "other.data"}})).find("\"other.data\", which is not in the model's folder"),
            std::string::npos);
  EXPECT_NE(refusal(tensor({{"location", "below"}})).find("not in the model's folder"), std::string::npos);
  EXPECT_NE(refusal(tensor({})).find("does not name it"), std::string::npos);
  EXPECT_NE(refusal(tensor({{"location", "w.data"}}, 17)).find("has only 64"), std::string::npos);
  EXPECT_NE(refusal(tensor({{"location", "w.data"}, {"offset", "52"}})).find("from byte 52"), std::string::npos);
  EXPECT_NE(refusal(tensor({{"location", "w.data"}, {"offset", "18446744073709551615"}})).find("has only 64"),
            std::string::npos);
  EXPECT_NE(refusal(tensor({{"location", "w.data"}, {"length", "8"}})).find("its dimensions need 16"),
            std::string::npos);
  for (const char* offset : {"-4", "4 ", "", "0x10", "99999999999999999999"})
    EXPECT_NE(refusal(tensor({{"location", "w.data"}, {"offset", offset}})).find("whole number"), std::string::npos)
        << offset;
  EXPECT_NE(refusal(tensor({{"location", "w.data"}}, std::int64_t{1} << 40)).find("the most is"), std::string::npos);
}

TEST_F(ExternalData, of_a_model_that_is_no_file_is_refused) {
  const auto read = frontend::read_tensor(tensor({{"location", "w.data"}}));
  ASSERT_FALSE(read);
  EXPECT_NE(read.error().text().find("one file"), std::string::npos);
}

// A plan goes on from its state only while the model is the same, second file included.
TEST_F(ExternalData, belongs_to_the_models_hash) {
  testing::OnnxWriter w(13);
  const auto y = w.node("Conv", {w.input("x", {1, 1, 4, 4}), w.random({1, 1, 4, 4})});
  *w.model().mutable_graph()->mutable_initializer(0) = [&] {
    onnx::TensorProto proto = tensor({{"location", "w.data"}}, 1);
    proto.set_name(w.model().graph().initializer(0).name());
    for (const int dim : {1, 4, 4}) proto.add_dims(dim);
    return proto;
  }();
  const fs::path file = inside_ / "m.onnx";
  std::ofstream(file, std::ios::binary) << w.bytes(y);
  ASSERT_RESULT(graph, frontend::import_onnx(file));
  EXPECT_EQ(graph.initialisers.begin()->second.values[15], 15.0f);
  ASSERT_RESULT(before, frontend::model_hash(file));
  std::ofstream(inside_ / "w.data", std::ios::binary | std::ios::in) << "ABCD";
  ASSERT_RESULT(after, frontend::model_hash(file));
  EXPECT_NE(before, after);
}

}  // namespace
}  // namespace sluice
