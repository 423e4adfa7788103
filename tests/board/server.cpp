// SPDX-License-Identifier: Apache-2.0
// The stand-in board: a process that holds one programmed image, whoever comes and goes as its host.
//
// Why: a board keeps running when its host is killed; so what a host does next must not be what ends the board. One
// host at a time has it, as the vendor's runtime has it. Programming is slow, and is the only thing besides a reset
// that empties channels.
//
// Usage: board_server FOLDER SEED. Before: an empty folder. After: its files (board_state.hpp) and a socket in it,
// until the process that started it ends.
#include <signal.h>
#include <sys/poll.h>
#include <sys/prctl.h>

#include <chrono>
#include <iostream>
#include <optional>
#include <thread>

#include "runtime/base/errors.hpp"
#include "runtime/base/file.hpp"
#include "tests/board/board_state.hpp"
#include "tests/board/image.hpp"

namespace sluice::board {
namespace {

constexpr std::chrono::milliseconds kProgramming{300}, kUntilLost{1};
constexpr int kLook_ms = 5;
constexpr std::int32_t kLost = -2, kNotTaken = -42;  // CL_DEVICE_NOT_AVAILABLE, CL_INVALID_BINARY

class Board {
 public:
  Board(std::filesystem::path folder, std::uint64_t seed)
      : folder_(std::move(folder)), seed_(seed), memory_(memory_of(folder_, true)), state_(state_of(folder_, true)) {}

  Status serve() {
    const int door = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const sockaddr_un address = address_of(socket_of(folder_));
    if (door < 0 || bind(door, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0 ||
        listen(door, 8) != 0)
      return world_error("{}: no socket: {}", socket_of(folder_).string(), errno_text(errno));
    while (true) {
      pollfd ends[] = {{door, POLLIN, 0}, {host_, POLLIN, 0}};  // a handle of -1 is left out
      poll(ends, 2, kLook_ms);
      state_.beats_inside = image_ ? image_->beats_inside() : 0;
      // Whether the host is gone shows after all that it has said: until then whoever knocks waits.
      if (ends[1].revents != 0)
        listen_to_host();
      else if (ends[0].revents != 0)
        admit(accept4(door, nullptr, nullptr, SOCK_CLOEXEC));
    }
  }

 private:
  void admit(int newcomer) {
    if (host_ < 0) {
      const std::lock_guard lock(mutex_);
      host_ = newcomer;
      ++state_.hosts;
    } else {
      say(newcomer, {.what = Say::busy});
      close(newcomer);
    }
  }

  void listen_to_host() {
    Message message;
    if (!hear(host_, message)) {
      // Launches of a host that is gone go on; nobody hears of their end.
      const std::lock_guard lock(mutex_);
      close(host_);
      host_ = -1;
      silent_launch_ = 0;
      return;
    }
    if (message.what == Say::launch) return launch(message);
    const std::int32_t status = message.what == Say::program ? program() : reset();
    is_lost_ = false;
    answer({.what = Say::done, .status = status});
  }

  std::int32_t program() {
    ++state_.programmings;
    if (state_.is_due(Fault::kept_image)) return 0;
    image_.reset();
    std::this_thread::sleep_for(kProgramming);
    auto bytes = read_file(image_of(folder_));
    binary_ = bytes ? Binary::parse(*bytes) : std::nullopt;
    return binary_ ? start() : kNotTaken;
  }

  std::int32_t reset() {
    ++state_.resets;
    image_.reset();
    return binary_ ? start() : kLost;
  }

  std::int32_t start() {
    auto image = Image::start(*binary_, seed_, memory_, [this](const Message& ended) {
      if (ended.launch != silent_launch_) answer(ended);
    });
    if (!image) {
      std::cerr << image.error().text() << std::endl;
      return kNotTaken;
    }
    image_ = std::move(image).value();
    return 0;
  }

  void launch(Message message) {
    ++state_.launches;
    if (state_.is_due(Fault::lost_device, message.name)) {
      image_->launch(message);
      std::this_thread::sleep_for(kUntilLost);  // what was launched is on its way
      is_lost_ = true;
    }
    if (is_lost_ || !image_) {
      message.what = Say::ended;
      message.status = kLost;
      message.launch = 0;  // all of them
      return answer(message);
    }
    if (state_.is_due(Fault::swallowed_launch, message.name)) return;
    if (state_.is_due(Fault::silent_launch, message.name)) silent_launch_ = message.launch;
    image_->launch(message);
  }

  void answer(const Message& message) {
    const std::lock_guard lock(mutex_);
    if (host_ >= 0) say(host_, message);
  }

  const std::filesystem::path folder_;
  const std::uint64_t seed_;
  char* const memory_;
  BoardState& state_;
  std::mutex mutex_;  // guards host_ where threads of kernels answer
  int host_ = -1;
  bool is_lost_ = false;
  std::atomic<std::uint64_t> silent_launch_ = 0;
  std::optional<Binary> binary_;
  std::unique_ptr<Image> image_;
};

}  // namespace
}  // namespace sluice::board

int main(int argc, char** argv) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (argc != 3) {
    std::cerr << "usage: board_server FOLDER SEED\n";
    return 2;
  }
  sluice::board::Board board(argv[1], std::stoull(argv[2]));
  std::cerr << board.serve().error().text() << "\n";
  return 1;
}
