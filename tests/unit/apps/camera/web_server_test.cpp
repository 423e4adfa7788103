// SPDX-License-Identifier: Apache-2.0
// The page's server: what it serves, what it refuses, that a client that does not read holds up nobody.
#include "apps/camera/web_server.hpp"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <httplib.h>

#include "runtime/base/json.hpp"
#include "tests/unit/apps/camera/live_camera.hpp"

namespace sluice::test {
namespace {

using camera::WebServer;
using testing::HasSubstr;
using testing::StartsWith;

constexpr const char* kJson = "application/json";

class WebServerTest : public LiveCamera {
 protected:
  void start(const std::string& address = "127.0.0.1") {
    auto server = WebServer::open(*run_, {.address = address});
    ASSERT_TRUE(server) << server.error().text();
    server_ = std::move(server).value();
  }
  httplib::Client client() const {
    httplib::Client one("127.0.0.1", server_->port());
    one.set_read_timeout(20);
    return one;
  }
  int status(const std::string& path, const httplib::Headers& headers = {}) const {
    const auto answer = client().Get(path, headers);
    return answer ? answer->status : -1;
  }
  // Of the head alone: events have no end.
  int event_status() const {
    int status = -1;
    client().Get(
        "/events",
        [&](const httplib::Response& head) {
          status = head.status;
          return false;
        },
        [](const char*, std::size_t) { return false; });
    return status;
  }
  // Events until one of this name, for ten seconds at most.
  std::string events_until(const std::string& name) const {
    std::string all;
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    client().Get("/events", [&](const char* data, std::size_t size) {
      all.append(data, size);
      return all.find("event: " + name) == std::string::npos && std::chrono::steady_clock::now() < until;
    });
    return all;
  }

  std::unique_ptr<WebServer> server_;
};

TEST_F(WebServerTest, serves_the_page_with_a_policy_that_forbids_all_else) {
  start();
  for (const auto& [path, type, words] : {std::tuple{"/", "text/html", "<title>Sluice camera"},
                                          {"/page.css", "text/css", ".live"},
                                          {"/report.css", "text/css", "--paper"},
                                          {"/page.js", "text/javascript", "EventSource"}}) {
    const auto answer = client().Get(path);
    ASSERT_TRUE(answer) << path;
    EXPECT_EQ(answer->status, 200) << path;
    EXPECT_THAT(answer->get_header_value("Content-Type"), StartsWith(type));
    EXPECT_THAT(answer->get_header_value("Content-Security-Policy"), HasSubstr("default-src 'none'"));
    EXPECT_THAT(answer->body, HasSubstr(words));
    for (const char* other : {"http://", "https://"}) {
      std::string body = answer->body;
      for (const std::string known : {"http://www.w3.org/2000/svg"})
        for (std::size_t at; (at = body.find(known)) != std::string::npos;) body.erase(at, known.size());
      EXPECT_EQ(body.find(other), std::string::npos) << path << " names another address";
    }
  }
  EXPECT_EQ(status("/none"), 404);
  EXPECT_EQ(status("/../etc/passwd"), 404);
}

TEST_F(WebServerTest, events_begin_with_the_facts_and_go_on_with_the_state) {
  start();
  answer_frames(2);
  ASSERT_TRUE(run_->set_policy({.policy = Policy::fixed, .row = 1}));
  const std::string events = events_until("state");
  EXPECT_THAT(events, HasSubstr("event: start\ndata: {"));
  EXPECT_THAT(events, HasSubstr("event: switch\ndata: {"));
  EXPECT_THAT(events, HasSubstr("\"frames_captured\":2"));
}

TEST_F(WebServerTest, a_frame_is_a_jpeg_and_one_after_it_is_waited_for) {
  start();
  answer_frames(1);
  auto answer = client().Get("/frame.jpg");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->get_header_value("X-Frame"), "0");
  EXPECT_EQ(answer->body.substr(0, 2), "\xff\xd8");
  EXPECT_EQ(client().Get("/frame.jpg?after=0")->status, 204) << "there is no newer one";
  answer_frames(1);
  EXPECT_EQ(client().Get("/frame.jpg?after=0")->get_header_value("X-Frame"), "1");
  EXPECT_EQ(status("/frame.jpg?after=x"), 400);
  EXPECT_EQ(status("/frame.jpg?after=-1"), 400);
}

TEST_F(WebServerTest, a_policy_is_set_and_what_cannot_be_is_told) {
  start();
  auto answer = client().Post("/policy", R"({"name":"fixed","row":2})", kJson);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 204);
  EXPECT_EQ(run_->policy().row, 2u);
  answer = client().Post("/policy", R"({"name":"fixed","row":7})", kJson);
  EXPECT_EQ(answer->status, 400);
  EXPECT_THAT(parse_json(answer->body)["error"].get<std::string>(), HasSubstr("rows 0 to 2"));
  EXPECT_EQ(client().Post("/policy", "no json", kJson)->status, 400);
  EXPECT_EQ(client().Post("/policy", std::string(WebServer::kMostBodyBytes + 1, ' '), kJson)->status, 413);
  EXPECT_EQ(client().Post("/policy", R"({"name":"fixed","row":0})", "text/plain")->status, 415);
  const httplib::Headers other_site{{"Origin", "http://evil.example"}};
  EXPECT_EQ(client().Post("/policy", other_site, R"({"name":"fixed","row":0})", kJson)->status, 403);
  EXPECT_EQ(status("/", {{"Host", "evil.example"}}), 403);
  EXPECT_EQ(run_->policy().row, 2u);
}

TEST_F(WebServerTest, on_another_address_page_events_picture_and_controls_need_the_token) {
  start("0.0.0.0");
  answer_frames(1);
  const std::string url = server_->url(), token = url.substr(url.find("token=") + 6);
  ASSERT_EQ(token.size(), 32u) << url;
  for (const char* path : {"/", "/page.js", "/events", "/frame.jpg", "/?token=0123"})
    EXPECT_EQ(status(path), 401) << path;
  EXPECT_EQ(client().Post("/policy", R"({"name":"fixed","row":1})", kJson)->status, 401);
  const auto first = client().Get("/?token=" + token);
  EXPECT_EQ(first->status, 303) << "the token leaves the address";
  EXPECT_EQ(first->get_header_value("Location"), "/");
  const std::string cookie = first->get_header_value("Set-Cookie");
  EXPECT_THAT(cookie, HasSubstr("HttpOnly; SameSite=Strict"));
  const httplib::Headers with{{"Cookie", cookie.substr(0, cookie.find(';'))}};
  EXPECT_EQ(status("/", with), 200);
  EXPECT_EQ(status("/frame.jpg", with), 200);
  EXPECT_EQ(client().Post("/policy", with, R"({"name":"fixed","row":1})", kJson)->status, 204);
  EXPECT_EQ(status("/frame.jpg", {{"Authorization", "Bearer " + token}}), 200);
}

TEST_F(WebServerTest, a_port_that_is_taken_is_named) {
  start();
  const auto second = WebServer::open(*run_, {.port = server_->port()});
  ASSERT_FALSE(second);
  EXPECT_THAT(second.error().text(), HasSubstr("Address already in use (EADDRINUSE"));
  EXPECT_THAT(WebServer::open(*run_, {.address = "192.0.2.1"}).error().text(), HasSubstr("EADDRNOTAVAIL"));
}

TEST_F(WebServerTest, clients_that_do_not_read_hold_up_neither_frames_nor_others) {
  start();
  std::vector<int> sockets;
  const auto connect_one = [&](const std::string& text) {
    const int one = socket(AF_INET, SOCK_STREAM, 0), small = 1024;
    setsockopt(one, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(static_cast<std::uint16_t>(server_->port()));
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ASSERT_EQ(connect(one, reinterpret_cast<sockaddr*>(&to), sizeof to), 0);
    ASSERT_EQ(send(one, text.data(), text.size(), 0), static_cast<ssize_t>(text.size()));
    sockets.push_back(one);
  };
  for (std::size_t i = 0; i < WebServer::kMostEventStreams; ++i)
    connect_one("GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n");
  for (int i = 0; i < 4; ++i) connect_one("GET / HTTP/1.1\r\nHost: loc");  // never finished
  ASSERT_TRUE(becomes([&] { return event_status() == 503; })) << "as many as there may be";
  answer_frames(20);
  EXPECT_EQ(status("/"), 200);
  const auto begin = std::chrono::steady_clock::now();
  server_.reset();
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(15));
  for (const int one : sockets) close(one);
}

}  // namespace
}  // namespace sluice::test
