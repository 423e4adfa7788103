// SPDX-License-Identifier: Apache-2.0
// What a host and the stand-in board say to each other over a Unix socket.
//
// Why: a board outlives its hosts, so it is a process of its own. The idea: messages of one size; contents of programs
// and buffers go through files that both have mapped (board_state.hpp).
//
// Before: a connected socket. After: whole messages, or the other end is gone.
#pragma once

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdint>
#include <cstring>
#include <filesystem>

namespace sluice::board {

enum class Say : std::uint32_t {
  program,  // host: make the file `image` what the board is
  reset,    // host: every kernel begins again, with empty channels
  launch,   // host: run kernel `name` with `words`
  done,     // board: programmed or reset, with `status`
  ended,    // board: the launch has ended, with `status`
  busy,     // board: another host has it
};

struct Message {
  Say what{};
  std::int32_t status = 0;  // OpenCL's
  std::uint64_t launch = 0;
  std::uint64_t begin_ns = 0, end_ns = 0;  // of the machine's steady clock
  std::uint64_t words[8] = {};             // arguments: numbers, and places in the board's memory
  char name[96] = {};
};

inline bool say(int socket, const Message& message) {
  return send(socket, &message, sizeof(message), MSG_NOSIGNAL) == ssize_t(sizeof(message));
}

inline bool hear(int socket, Message& message) {
  return recv(socket, &message, sizeof(message), MSG_WAITALL) == ssize_t(sizeof(message));
}

inline sockaddr_un address_of(const std::filesystem::path& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, path.c_str(), sizeof(address.sun_path) - 1);
  return address;
}

}  // namespace sluice::board
