// SPDX-License-Identifier: Apache-2.0
// Two threads: one hears the board, the other starts what may start (see link.hpp).
#include "tests/board/icd/link.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <thread>

namespace sluice::board {
namespace {

constexpr std::size_t kAlignment = 64;
constexpr std::chrono::milliseconds kSlowCopy{1};

bool is_keep_mode() {
  const char* mode = std::getenv("CL_CONTEXT_COMPILER_MODE_INTELFPGA");
  return mode != nullptr && std::string(mode) == "3";
}

bool is_aligned(const Command& command) {
  return reinterpret_cast<std::uintptr_t>(command.host) % kAlignment == 0 && command.bytes % kAlignment == 0;
}

}  // namespace

cl_ulong now_ns() {
  return cl_ulong(std::chrono::nanoseconds(std::chrono::steady_clock::now().time_since_epoch()).count());
}

Link& Link::instance() {
  static Link* const link = new Link;
  return *link;
}

cl_int Link::connect() {
  const std::lock_guard lock(mutex);
  if (socket_ >= 0) return is_gone_ ? CL_DEVICE_NOT_AVAILABLE : CL_SUCCESS;
  const char* folder = std::getenv(kFolderVariable);
  if (folder == nullptr) return CL_DEVICE_NOT_AVAILABLE;
  folder_ = folder;
  socket_ = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_un address = address_of(socket_of(folder_));
  if (socket_ < 0 || ::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
    is_gone_ = true;
    return CL_DEVICE_NOT_AVAILABLE;
  }
  state_ = &state_of(folder_);
  memory_ = memory_of(folder_);
  std::thread([this] { hear_all(); }).detach();
  std::thread([this] { start_all(); }).detach();
  return CL_SUCCESS;
}

void Link::hear_all() {
  Message message;
  while (hear(socket_, message)) {
    const std::lock_guard lock(mutex);
    if (message.what == Say::busy) break;
    if (message.what == Say::done) answer_ = message.status;
    if (message.what == Say::ended && message.launch == 0) end_running(message.status);
    if (message.what == Say::ended) {
      for (_cl_command_queue* queue : queues_) {
        if (!queue->is_running || queue->commands.front().launch != message.launch || message.launch == 0) continue;
        end(*queue, message.status, message.begin_ns, message.end_ns);
        break;
      }
    }
    changed.notify_all();
  }
  const std::lock_guard lock(mutex);
  is_gone_ = true;
  answer_ = CL_DEVICE_NOT_AVAILABLE;
  end_running(CL_DEVICE_NOT_AVAILABLE);
  changed.notify_all();
}

void Link::end_running(cl_int status) {
  for (_cl_command_queue* queue : queues_) {
    if (queue->is_running && queue->commands.front().launch != 0) end(*queue, status, now_ns(), now_ns());
  }
}

void Link::add(_cl_command_queue* queue) { queues_.push_back(queue); }

cl_int Link::ask(std::unique_lock<std::mutex>& lock, Say what) {
  changed.wait(lock, [this] { return !is_asking_; });
  answer_.reset();
  if (is_gone_ || !say(socket_, {.what = what})) return CL_DEVICE_NOT_AVAILABLE;
  is_asking_ = true;
  changed.wait(lock, [this] { return answer_.has_value(); });
  is_asking_ = false;
  if (what == Say::reset) end_running(CL_DEVICE_NOT_AVAILABLE);
  changed.notify_all();
  return *answer_;
}

cl_int Link::program(std::unique_lock<std::mutex>& lock, const std::string& bytes) {
  if (!is_keep_mode()) {
    std::ofstream(image_of(folder_), std::ios::binary) << bytes;
    const cl_int status = ask(lock, Say::program);
    if (status != CL_SUCCESS) return status;
  }
  programmed_ = bytes;
  return CL_SUCCESS;
}

cl_int Link::reset(std::unique_lock<std::mutex>& lock) { return ask(lock, Say::reset); }

void Link::start_all() {
  std::unique_lock lock(mutex);
  while (true) {
    bool has_started = false;
    for (std::size_t i = 0; i < queues_.size(); ++i) has_started |= start_one(lock, *queues_[i]);
    std::erase_if(queues_, [](_cl_command_queue* queue) {
      const bool is_over = queue->is_abandoned && queue->commands.empty();
      if (is_over) delete queue;
      return is_over;
    });
    if (!has_started) changed.wait(lock);
  }
}

// Whether the oldest command of the queue began, or ended without beginning.
bool Link::start_one(std::unique_lock<std::mutex>& lock, _cl_command_queue& queue) {
  if (is_asking_ || queue.is_running || queue.commands.empty() || queue.flushed == 0) return false;
  Command& command = queue.commands.front();
  for (const auto& event : command.after) {
    if (event->status > CL_COMPLETE) return false;
  }
  queue.is_running = true;
  command.event->submitted_ns = now_ns();
  command.event->status = CL_SUBMITTED;
  const bool has_failed =
      std::any_of(command.after.begin(), command.after.end(), [](const auto& e) { return e->status < 0; });
  if (has_failed || is_gone_) {
    end(queue, has_failed ? CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST : CL_DEVICE_NOT_AVAILABLE, now_ns(), now_ns());
    return true;
  }
  if (command.kernel.get() == nullptr) {
    const cl_ulong began = now_ns();
    transfer(lock, command);
    const bool is_bad = command.is_read && state_->is_due(Fault::failed_read);
    end(queue, is_bad ? CL_OUT_OF_RESOURCES : CL_COMPLETE, began, now_ns());
    return true;
  }
  const std::string bytes = command.kernel->program->bytes;
  if (bytes != programmed_) {
    const auto runs = [&](const _cl_command_queue* other) { return other != &queue && other->is_running; };
    changed.wait(lock, [&] { return is_gone_ || std::none_of(queues_.begin(), queues_.end(), runs); });
    const cl_int status = program(lock, bytes);
    if (status != CL_SUCCESS) {
      end(queue, status, now_ns(), now_ns());
      return true;
    }
  }
  Message launch{.what = Say::launch};
  launch.launch = command.launch = ++launches_;
  std::strncpy(launch.name, command.kernel->listed.name.c_str(), sizeof(launch.name) - 1);
  bool is_in[kMemoryBanks] = {};
  for (std::size_t i = 0; i < command.arguments.size(); ++i) {
    const _cl_mem* const buffer = command.arguments[i].buffer.get();
    launch.words[i] = buffer != nullptr ? buffer->offset : command.arguments[i].number;
    if (buffer != nullptr) is_in[buffer->offset / kBankBytes] = true;
  }
  if (is_in[0] != is_in[1]) ++state_->launches_in_bank[is_in[1] ? 1 : 0];
  command.event->status = CL_RUNNING;
  if (!say(socket_, launch)) end(queue, CL_DEVICE_NOT_AVAILABLE, now_ns(), now_ns());
  return true;
}

// By this thread, so one at a time, beside kernels.
void Link::transfer(std::unique_lock<std::mutex>& lock, Command& command) {
  command.event->status = CL_RUNNING;
  char* const on_board = memory_ + command.buffer->offset + command.offset;
  lock.unlock();
  if (!is_aligned(command)) {
    if (state_->misaligned_transfers++ == 0)
      std::fprintf(stderr, "stand-in board: %zu bytes at %p of the host are no whole words of 64 bytes: a slow copy\n",
                   command.bytes, command.host);
    std::this_thread::sleep_for(kSlowCopy);
  }
  if (command.is_read)
    std::memcpy(command.host, on_board, command.bytes);
  else
    std::memcpy(on_board, command.host, command.bytes);
  lock.lock();
}

void Link::end(_cl_command_queue& queue, cl_int status, cl_ulong began_ns, cl_ulong ended_ns) {
  _cl_event& event = *queue.commands.front().event.get();
  event.began_ns = began_ns;
  event.ended_ns = ended_ns;
  event.status = status;
  queue.commands.pop_front();
  --queue.flushed;
  queue.is_running = false;
  changed.notify_all();
}

}  // namespace sluice::board
