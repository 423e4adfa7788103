// SPDX-License-Identifier: Apache-2.0
// What the stand-in board refuses, waits for and remembers: each rule that a host can break on a board, broken once;
// and that the fpga driver breaks none.
#include <gmock/gmock.h>

#include <chrono>
#include <thread>

#include "runtime/base/file.hpp"
#include "runtime/drivers/opencl/context.hpp"
#include "tests/board/compiler.hpp"
#include "tests/board/stand_in.hpp"
#include "tests/conformance/tiny_network.hpp"

namespace sluice::test {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;

// Long enough for what may start to have started.
constexpr milliseconds kMoment{200};

class BoardRules : public testing::Test {
 protected:
  void SetUp() override {
    bundle_.emplace(bundle_of(tiny_network(), scratch_.path() / "bundle").value());
    bytes_ = read_file(StandIn::instance().binary_of(*bundle_).value()).value();
    auto opened = opencl::open_context({"FPGA SDK for OpenCL", "stand_in_a10", "", "choose"});
    ASSERT_TRUE(opened) << opened.error().text();
    context_.emplace(std::move(opened).value());
  }

  cl::Program program() { return opencl::load_program(*context_, bytes_, "design.aocx").value(); }
  cl::CommandQueue queue() const { return cl::CommandQueue(context_->context, context_->device); }
  std::string name_of(KernelKind kind) const {
    for (const Kernel& kernel : bundle_->netlist().kernels)
      if (kernel.kind == kind) return kernel.name;
    return "";
  }
  static int status_of(const cl::Event& event) { return event.getInfo<CL_EVENT_COMMAND_EXECUTION_STATUS>(); }
  board::BoardState& state() { return StandIn::instance().state(); }

  // A launch of the sink that waits for one beat, with its buffers.
  cl::Kernel waiting_sink(const cl::Program& program) {
    cl::Kernel sink(program, name_of(KernelKind::sink).c_str());
    records_ = cl::Buffer(context_->context, CL_MEM_WRITE_ONLY, 4096);
    stray_ = cl::Buffer(context_->context, CL_MEM_WRITE_ONLY, 64);
    sink.setArg(0, records_);
    sink.setArg(1, stray_);
    sink.setArg(2, cl_uint{1});
    return sink;
  }
  // A launch of the source that sends one header; where there is no sink, it stays in channels.
  cl::Kernel header_source(const cl::Program& program, cl::CommandQueue& writes) {
    cl::Kernel source(program, name_of(KernelKind::source).c_str());
    alignas(64) static std::uint32_t segment[16] = {0, 0x1234, 1, 0};
    bytes_buffer_ = cl::Buffer(context_->context, CL_MEM_READ_ONLY, 64);
    segments_ = cl::Buffer(context_->context, CL_MEM_READ_ONLY, 64);
    writes.enqueueWriteBuffer(segments_, CL_TRUE, 0, 64, segment);
    source.setArg(0, bytes_buffer_);
    source.setArg(1, segments_);
    source.setArg(2, cl_uint{1});
    return source;
  }
  static cl::Event launched(cl::CommandQueue& queue, const cl::Kernel& kernel) {
    cl::Event event;
    queue.enqueueNDRangeKernel(kernel, cl::NullRange, cl::NDRange(1), cl::NDRange(1), nullptr, &event);
    return event;
  }
  // Whether it comes so far within two seconds: CL_RUNNING or CL_COMPLETE.
  static bool reaches(int status, const cl::Event& event) {
    for (int i = 0; i < 400; ++i, std::this_thread::sleep_for(milliseconds(5)))
      if (status_of(event) <= status) return true;
    return false;
  }
  static bool ends(const cl::Event& event) { return reaches(CL_COMPLETE, event); }

  const Scratch scratch_;
  std::optional<Bundle> bundle_;
  std::string bytes_;
  std::optional<opencl::OpenClContext> context_;
  cl::Buffer records_, stray_, bytes_buffer_, segments_;
};

TEST_F(BoardRules, a_program_from_source_is_refused) {
  const auto built = opencl::build_program(*context_, "__kernel void k(void) {}", "");
  ASSERT_FALSE(built);
  EXPECT_THAT(built.error().text(), HasSubstr("CL_COMPILER_NOT_AVAILABLE"));
}

TEST_F(BoardRules, a_binary_of_something_else_is_refused) {
  std::string foreign = bytes_;
  foreign.replace(foreign.find(board::kBoardName), 8, "another_");
  for (const std::string& bytes : {foreign, bytes_.substr(0, 100), read_file("/proc/self/exe").value()}) {
    const auto loaded = opencl::load_program(*context_, bytes, "design.aocx");
    ASSERT_FALSE(loaded);
    EXPECT_THAT(loaded.error().text(), HasSubstr("CL_INVALID_BINARY"));
  }
}

TEST_F(BoardRules, an_autorun_kernel_cannot_be_created) {
  const cl::Program loaded = program();
  try {
    const cl::Kernel kernel(loaded, bundle_->netlist().kernels[1].name.c_str());
    ADD_FAILURE() << "it was created";
  } catch (const cl::Error& error) {
    EXPECT_EQ(error.err(), CL_INVALID_KERNEL_NAME);
  }
}

TEST_F(BoardRules, what_was_not_flushed_never_starts) {
  const cl::Program loaded = program();
  cl::CommandQueue writes = queue(), lazy = queue();
  const cl::Event sent = launched(lazy, header_source(loaded, writes));
  std::this_thread::sleep_for(kMoment);
  EXPECT_EQ(status_of(sent), CL_QUEUED);
  lazy.flush();
  EXPECT_TRUE(ends(sent));
}

TEST_F(BoardRules, an_in_order_queue_runs_one_kernel_at_a_time) {
  const cl::Program loaded = program();
  cl::CommandQueue writes = queue(), both = queue(), another = queue();
  const cl::Event sink = launched(both, waiting_sink(loaded)), source = launched(both, header_source(loaded, writes));
  both.flush();
  std::this_thread::sleep_for(kMoment);
  EXPECT_EQ(status_of(sink), CL_RUNNING);
  EXPECT_EQ(status_of(source), CL_QUEUED) << "two kernels of one queue ran together";
  const cl::Event other = launched(another, header_source(loaded, writes));
  another.flush();
  EXPECT_TRUE(ends(other) && ends(sink) && ends(source));
}

TEST_F(BoardRules, host_memory_that_is_not_aligned_is_reported) {
  cl::CommandQueue writes = queue();
  const cl::Buffer buffer(context_->context, CL_MEM_READ_WRITE, 128);
  alignas(64) char host[192] = {};
  const auto before = state().misaligned_transfers.load();
  writes.enqueueWriteBuffer(buffer, CL_TRUE, 0, 128, host);
  EXPECT_EQ(state().misaligned_transfers, before);
  writes.enqueueWriteBuffer(buffer, CL_TRUE, 0, 128, host + 4);
  writes.enqueueReadBuffer(buffer, CL_TRUE, 0, 100, host);
  EXPECT_EQ(state().misaligned_transfers, before + 2);
}

TEST_F(BoardRules, another_binary_reprograms_the_board_and_the_same_one_does_not) {
  const cl::Program first = program();
  const auto before = state().programmings.load();
  cl::CommandQueue writes = queue(), source = queue();
  const cl::Event sent = launched(source, header_source(first, writes));
  source.flush();
  ASSERT_TRUE(ends(sent));
  EXPECT_EQ(state().programmings, before) << "the first program of a process is loaded early";
  while (state().beats_inside == 0) std::this_thread::sleep_for(milliseconds(5));

  auto other = board::Binary::parse(bytes_);
  other->text += "\n";
  const cl::Program second = opencl::load_program(*context_, other->bytes(), "other.aocx").value();
  EXPECT_EQ(state().programmings, before) << "a later one when a kernel of it starts";
  const cl::Event again = launched(source, header_source(second, writes));
  source.flush();
  const auto begin = std::chrono::steady_clock::now();
  ASSERT_TRUE(ends(again));
  EXPECT_EQ(state().programmings, before + 1);
  EXPECT_GE(std::chrono::steady_clock::now() - begin, milliseconds(200)) << "it was not slow";
}

TEST_F(BoardRules, a_buffer_lies_in_the_bank_that_its_flag_names) {
  const cl::Program loaded = program();
  cl::Kernel source(loaded, "source");
  cl::CommandQueue sources = queue();
  const auto buffer_in = [&](cl_mem_flags channel) {
    return cl::Buffer(context_->context, CL_MEM_READ_ONLY | channel << 16, 64);
  };
  const auto launched_in = [&](cl_mem_flags bytes, cl_mem_flags segments) {
    const std::uint32_t before[] = {state().launches_in_bank[0], state().launches_in_bank[1]};
    source.setArg(0, buffer_in(bytes));
    source.setArg(1, buffer_in(segments));
    source.setArg(2, cl_uint{0});
    const cl::Event none = launched(sources, source);
    sources.flush();
    EXPECT_TRUE(ends(none));
    return std::pair{state().launches_in_bank[0] - before[0], state().launches_in_bank[1] - before[1]};
  };
  EXPECT_EQ(launched_in(0, 1), (std::pair{1u, 0u}));
  EXPECT_EQ(launched_in(2, 2), (std::pair{0u, 1u}));
  EXPECT_EQ(launched_in(4, 2), (std::pair{0u, 1u})) << "two banks: the fourth is the second";
  EXPECT_EQ(launched_in(1, 2), (std::pair{0u, 0u})) << "in both";
}

TEST_F(BoardRules, a_reset_ends_what_runs_and_what_is_queued_after_it_begins) {
  const cl::Program loaded = program();
  cl::CommandQueue sinks = queue();
  const cl::Event first = launched(sinks, waiting_sink(loaded)), second = launched(sinks, waiting_sink(loaded));
  sinks.flush();
  ASSERT_TRUE(reaches(CL_RUNNING, first));
  const auto reset =
      reinterpret_cast<cl_int (*)(cl_context, cl_uint, const cl_device_id*)>(clGetExtensionFunctionAddressForPlatform(
          context_->device.getInfo<CL_DEVICE_PLATFORM>(), "clResetKernelsIntelFPGA"));
  ASSERT_NE(reset, nullptr);
  const cl_device_id device = context_->device();
  ASSERT_EQ(reset(context_->context(), 1, &device), CL_SUCCESS);
  EXPECT_LT(status_of(first), 0);
  EXPECT_TRUE(reaches(CL_RUNNING, second));
  EXPECT_EQ(status_of(second), CL_RUNNING);
  ASSERT_EQ(reset(context_->context(), 1, &device), CL_SUCCESS);
  EXPECT_TRUE(ends(second));
}

TEST_F(BoardRules, a_process_has_one_device_on_a_board_at_a_time) {
  auto first = StandIn::instance().open(*bundle_, {.capacity = 3, .stall_time = std::chrono::minutes(2)});
  ASSERT_TRUE(first) << first.error().text();
  const auto second = StandIn::instance().open(*bundle_, {.capacity = 3, .stall_time = std::chrono::minutes(2)});
  ASSERT_FALSE(second);
  EXPECT_THAT(second.error().text(), HasSubstr("is used by another device of this process"));
  ASSERT_TRUE((*first)->submit({1, 0, tiny_codes(1)}));
  EXPECT_TRUE((*first)->collect()) << "the first one is as it was";
  first->reset();
  const auto third = StandIn::instance().open(*bundle_, {.capacity = 3, .stall_time = std::chrono::minutes(2)});
  EXPECT_TRUE(third) << third.error().text();
}

TEST_F(BoardRules, the_driver_breaks_none) {
  auto device = StandIn::instance().open(*bundle_, {.capacity = 12, .stall_time = std::chrono::minutes(2)});
  ASSERT_TRUE(device) << device.error().text();
  const auto programmings = state().programmings.load(), launches = state().launches.load();
  for (std::uint64_t round = 0; round < 3; ++round) {
    for (std::uint64_t i = 0; i < 12; ++i) ASSERT_TRUE((*device)->submit({i, 0, tiny_codes(i)}));
    for (std::uint64_t i = 0; i < 12; ++i) ASSERT_TRUE((*device)->collect());
  }
  EXPECT_EQ(state().programmings, programmings);
  EXPECT_EQ(state().misaligned_transfers, 0);
  EXPECT_EQ(state().refused_texts, 0);
  EXPECT_LE(state().launches - launches, 3u * 3u * 3u) << "a launch is for a batch of images";
  // With the parameters of each opening.
  const auto sources = state().launches_in_bank[0].load(), others = state().launches_in_bank[1].load();
  EXPECT_EQ(sources + others, state().launches) << "a launch reads or writes in both banks";
  EXPECT_EQ(others, sources - 1) << "the source reads in the first bank, the sink writes in the second";
}

// Batches of four: a full one is launched at once, another by who waits for its first image, however few are in it.
TEST_F(BoardRules, an_image_waits_for_the_batches_before_it_and_for_none_after_it) {
  auto device = StandIn::instance().open(*bundle_, {.capacity = 12, .stall_time = std::chrono::minutes(2)});
  ASSERT_TRUE(device) << device.error().text();
  const auto before = state().launches.load();
  const auto batches = [&] { return (state().launches - before) / 2; };  // source and sink
  for (std::uint64_t i = 0; i < 5; ++i) ASSERT_TRUE((*device)->submit({i, 0, tiny_codes(i)}));
  for (std::uint64_t i = 0; i < 4; ++i) {
    auto scores = (*device)->collect();
    ASSERT_TRUE(scores) << scores.error().text();
    EXPECT_EQ(scores.value().image_id, i);
  }
  EXPECT_EQ(batches(), 1u) << "the fifth image still waits for company";
  auto last = (*device)->collect();
  ASSERT_TRUE(last) << last.error().text();
  EXPECT_EQ(last.value().image_id, 4u);
  EXPECT_EQ(batches(), 2u);
  ASSERT_TRUE((*device)->submit({5, 0, tiny_codes(5)}));
  EXPECT_TRUE((*device)->collect()) << "one that is alone is launched alone";
  EXPECT_EQ(batches(), 3u);
}

TEST(BoardCompiler, writes_side_by_side_change_places_and_others_do_not) {
  const std::string before = "{ write_channel_intel(a, x); }\n",
                    after = "for (int i = 0; i < 4; ++i) write_channel_intel(d, y);\n";
  const std::string pair = "if (p && q(r)) write_channel_intel(b, x);\n  write_channel_intel(c, y);\n";
  const std::string text = before + pair + after;
  int most = 0;
  for (std::uint64_t seed = 0; seed < 8; ++seed) {
    int swapped = 0;
    const std::string out = board::with_swapped_writes(text, seed, swapped);
    EXPECT_EQ(out.find("(c, y)") < out.find("(b, x)"), swapped != 0) << out;
    EXPECT_EQ(out.rfind(before, 0), 0u);
    EXPECT_THAT(out, HasSubstr(after));
    EXPECT_THAT(out, HasSubstr("if (p && q(r)) write_channel_intel(b, x);"));
    most = std::max(most, swapped);
  }
  EXPECT_EQ(most, 2);
}

}  // namespace
}  // namespace sluice::test
