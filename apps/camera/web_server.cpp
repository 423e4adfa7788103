// SPDX-License-Identifier: Apache-2.0
// Requests and their answers (see web_server.hpp).
#include "apps/camera/web_server.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>

#include "apps/camera/bounded_threads.hpp"
#include "apps/camera/events.hpp"
#include "apps/camera/page_files.hpp"
#include "runtime/base/errors.hpp"
#include "runtime/base/file.hpp"
#include "runtime/base/json.hpp"

namespace sluice::camera {
namespace {

using namespace std::chrono_literals;

constexpr auto kStatePeriod = 200ms, kFramePatience = 1000ms, kFrameLook = 15ms;
constexpr int kTimeoutS = 3;                 // of one read or write
constexpr int kKeptS = 1;                    // so long a connection is kept for its next request
constexpr std::size_t kMostRequests = 1000;  // of one connection

constexpr const char* kPolicy =
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' blob: data:; connect-src 'self'; base-uri "
    "'none'; "
    "form-action 'none'; frame-ancestors 'none'";

std::string header(const httplib::Request& request, const char* name) { return request.get_header_value(name); }

RequestHead head_of(const httplib::Request& request) {
  return {request.method != "GET" && request.method != "HEAD",
          header(request, "Host"),
          header(request, "Origin"),
          header(request, "Content-Type"),
          header(request, "Cookie"),
          header(request, "Authorization"),
          header(request, "Sec-Fetch-Site"),
          request.get_param_value("token")};
}

void refuse(httplib::Response& response, int status, const std::string& sentence) {
  response.status = status;
  response.set_content(json_text(nlohmann::json{{"error", sentence}}), "application/json");
}

std::string event(const char* name, const std::string& data) {
  return fmt::format("event: {}\ndata: {}\n\n", name, data);
}

// A second program must not share the port, as it may with the library's own options.
void set_socket_options(socket_t socket) {
  const int yes = 1;
  setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
}

}  // namespace

WebServer::WebServer(LiveRun& run, WebOptions options, Access access)
    : run_(run),
      options_(std::move(options)),
      access_(std::move(access)),
      server_(std::make_unique<httplib::Server>()) {}

Result<std::unique_ptr<WebServer>> WebServer::open(LiveRun& run, const WebOptions& options) {
  Access access = SLUICE_TRY(Access::to(options.address));
  std::unique_ptr<WebServer> server(new WebServer(run, options, std::move(access)));
  server->add_pages();
  SLUICE_CHECK(server->listen());
  return server;
}

Status WebServer::listen() {
  server_->new_task_queue = [] { return new BoundedThreads(kMostConnections); };  // the library deletes it
  server_->set_socket_options(set_socket_options);
  server_->set_payload_max_length(kMostBodyBytes);
  server_->set_read_timeout(kTimeoutS);
  server_->set_write_timeout(kTimeoutS);
  server_->set_keep_alive_timeout(kKeptS);
  server_->set_keep_alive_max_count(kMostRequests);
  errno = 0;
  const bool is_free_wanted = options_.port == 0;
  if (is_free_wanted)
    port_ = server_->bind_to_any_port(options_.address);
  else if (server_->bind_to_port(options_.address, options_.port))
    port_ = options_.port;
  if (port_ <= 0) {
    return world_error(
        "--http {}: no server on address {}: {}; another port may be free, and --http 0 takes one that is",
        options_.port, options_.address, errno_text(errno));
  }
  thread_ = std::thread([this] { server_->listen_after_bind(); });
  while (!server_->is_running()) std::this_thread::sleep_for(1ms);  // else stop() would come too early
  return ok();
}

WebServer::~WebServer() {
  {
    const std::lock_guard lock(mutex_);
    is_ending_ = true;
  }
  ended_.notify_all();
  server_->stop();
  if (thread_.joinable()) thread_.join();
}

std::string WebServer::url() const {
  std::string host = options_.address;
  if (host == "0.0.0.0" || host == "::") {
    std::array<char, 256> name{};
    host = gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "this-machine";
  }
  if (host.find(':') != std::string::npos) host = "[" + host + "]";
  return fmt::format("http://{}:{}/{}", host, port_, access_.token().empty() ? "" : "?token=" + access_.token());
}

bool WebServer::wait(std::chrono::milliseconds time) {
  std::unique_lock lock(mutex_);
  return !ended_.wait_for(lock, time, [this] { return is_ending_; });
}

bool WebServer::is_refused(const httplib::Request& request, httplib::Response& response) const {
  const std::optional<Refusal> refusal = access_.refusal(head_of(request));
  if (!refusal) return false;
  refuse(response, refusal->status, refusal->sentence);
  return true;
}

void WebServer::add_pages() {
  using Handled = httplib::Server::HandlerResponse;
  server_->set_default_headers({{"Content-Security-Policy", kPolicy},
                                {"X-Content-Type-Options", "nosniff"},
                                {"Referrer-Policy", "no-referrer"},
                                {"Cache-Control", "no-store"}});
  server_->set_pre_routing_handler([this](const httplib::Request& request, httplib::Response& response) {
    return is_refused(request, response) ? Handled::Handled : Handled::Unhandled;
  });
  server_->set_exception_handler([](const httplib::Request&, httplib::Response& response, std::exception_ptr) {
    refuse(response, 500, "the request could not be answered");
  });
  for (const auto& [path, file] : pages()) {
    server_->Get(path, [this, &file = file](const httplib::Request& request, httplib::Response& response) {
      if (access_.is_first_visit(head_of(request))) {
        response.set_header("Set-Cookie",
                            fmt::format("{}={}; Path=/; HttpOnly; SameSite=Strict", Access::kCookie, access_.token()));
        response.set_redirect("/", 303);
        return;
      }
      response.set_content(file.content, file.type);
    });
  }
  server_->Get("/events", [this](const httplib::Request&, httplib::Response& response) { send_events(response); });
  server_->Get("/frame.jpg",
               [this](const httplib::Request& request, httplib::Response& response) { send_frame(request, response); });
  server_->Post("/policy", [this](const httplib::Request& request, httplib::Response& response) {
    set_policy(request, response);
  });
}

void WebServer::send_events(httplib::Response& response) {
  if (++event_streams_ > kMostEventStreams) {
    --event_streams_;
    return refuse(response, 503, fmt::format("{} others look at this page; close one of them", kMostEventStreams));
  }
  struct Place {
    bool has_begun = false;
    std::uint64_t next_switch = 0;
  };
  const auto send = [this, place = Place{}](std::size_t, httplib::DataSink& sink) mutable {
    if (place.has_begun && !wait(kStatePeriod)) {
      const std::string last = event("end", end_event(run_.snapshot(), run_.device_info().rate_kind));
      sink.write(last.data(), last.size());
      sink.done();
      return true;
    }
    std::string text;
    if (!place.has_begun) text = "retry: 1000\n\n" + event("start", start_event(run_));
    place.has_begun = true;
    for (const RowSwitch& one : run_.switches_from(place.next_switch)) {
      text += event("switch", switch_event(one));
      place.next_switch = one.number + 1;
    }
    text += event("state", state_event(run_.snapshot()));
    return sink.write(text.data(), text.size());
  };
  response.set_chunked_content_provider("text/event-stream", send, [this](bool) { --event_streams_; });
}

void WebServer::send_frame(const httplib::Request& request, httplib::Response& response) {
  const std::string after = request.get_param_value("after");
  std::uint64_t number = 0;
  const bool has_after = !after.empty();
  const char* const end = after.data() + after.size();
  if (has_after && std::from_chars(after.data(), end, number).ptr != end)
    return refuse(response, 400, "after: the number of a frame is needed");
  const auto until = std::chrono::steady_clock::now() + kFramePatience;
  std::optional<Frame> frame = run_.newest_frame();
  while ((!frame || (has_after && frame->number <= number)) && std::chrono::steady_clock::now() < until &&
         wait(kFrameLook))
    frame = run_.newest_frame();
  const bool is_new = frame && !(has_after && frame->number <= number);
  const auto bytes = is_new ? jpeg_.of(*frame) : nullptr;
  if (!bytes) {
    response.status = 204;
    return;
  }
  response.set_header("X-Frame", std::to_string(frame->number));
  response.set_content(*bytes, "image/jpeg");
}

void WebServer::set_policy(const httplib::Request& request, httplib::Response& response) {
  Result<PolicyOptions> wished = wished_policy(request.body, run_.policy(), options_.canary_period);
  const Status status = wished ? run_.set_policy(*wished) : Status(wished.error());
  if (!status) return refuse(response, 400, status.error().text());
  response.status = 204;
}

}  // namespace sluice::camera
