// SPDX-License-Identifier: Apache-2.0
// WebServer: the live run as a page for a browser.
//
//   GET  /           the page; page.css, report.css, page.js beside it
//   GET  /events     server-sent events: "start" once, "state" five times a second, "switch" for each, "end"
//   GET  /frame.jpg  the newest frame; ?after=N waits up to a second for one after number N (204: there is none)
//   POST /policy     JSON as in events.hpp; 204, or 400 with {"error": sentence}
//
// Why no framework and no other address: the page must work in a laboratory without a network, and show a camera to
// nobody else (access.hpp). What somebody sends is bounded (kMostBodyBytes), and so are connections, event streams, and
// the time that a slow one may take. Each connection has its thread and copies what it sends, so a client that does not
// read holds up itself alone.
//
// Before: a live run, which outlives it. After the destructor: all threads have ended.
#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "apps/camera/access.hpp"
#include "apps/camera/frame_jpeg.hpp"
#include "apps/camera/live_run.hpp"

namespace httplib {
class Server;
struct Request;
struct Response;
}  // namespace httplib

namespace sluice::camera {

struct WebOptions {
  std::string address = "127.0.0.1";
  int port = 0;                     // 0: one that is free
  std::uint64_t canary_period = 20;  // where a policy that the page sets needs canaries
};

class WebServer {
 public:
  static constexpr std::size_t kMostConnections = 24, kMostEventStreams = 8, kMostBodyBytes = 1024;

  static Result<std::unique_ptr<WebServer>> open(LiveRun& run, const WebOptions& options);
  ~WebServer();

  int port() const { return port_; }
  // For a browser, with the token where one is needed.
  std::string url() const;

 private:
  WebServer(LiveRun& run, WebOptions options, Access access);
  Status listen();
  void add_pages();
  bool is_refused(const httplib::Request& request, httplib::Response& response) const;
  void send_events(httplib::Response& response);
  void send_frame(const httplib::Request& request, httplib::Response& response);
  void set_policy(const httplib::Request& request, httplib::Response& response);
  // Waits, but not while the server ends; false: it ends.
  bool wait(std::chrono::milliseconds time);

  LiveRun& run_;
  const WebOptions options_;
  const Access access_;
  FrameJpeg jpeg_;
  int port_ = 0;
  std::mutex mutex_;
  std::condition_variable ended_;
  bool is_ending_ = false;
  std::atomic<std::size_t> event_streams_ = 0;
  std::unique_ptr<httplib::Server> server_;
  std::thread thread_;
};

}  // namespace sluice::camera
