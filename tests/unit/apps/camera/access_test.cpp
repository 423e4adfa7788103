// SPDX-License-Identifier: Apache-2.0
// Who is let in: tokens, hosts, origins.
#include "apps/camera/access.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sluice::test {
namespace {

using camera::Access;
using camera::is_equal_in_constant_time;
using camera::RequestHead;
using testing::HasSubstr;

int status_of(const Access& access, const RequestHead& head) {
  const auto refusal = access.refusal(head);
  return refusal ? refusal->status : 200;
}

RequestHead change_from(const std::string& host, const std::string& origin) {
  return {.is_change = true, .host = host, .origin = origin, .content_type = "application/json"};
}

TEST(Access, tokens_are_equal_only_where_all_of_them_is) {
  EXPECT_TRUE(is_equal_in_constant_time("0123456789abcdef", "0123456789abcdef"));
  for (const char* other : {"", "0123456789abcde", "0123456789abcdeg", "1123456789abcdef", "0123456789abcdef0"})
    EXPECT_FALSE(is_equal_in_constant_time("0123456789abcdef", other)) << other;
}

TEST(Access, this_machine_needs_no_token_and_others_have_a_new_one_each_time) {
  for (const char* address : {"127.0.0.1", "127.3.2.1", "localhost", "::1"}) {
    ASSERT_TRUE(Access::to(address)) << address;
    EXPECT_EQ(Access::to(address)->token(), "") << address;
  }
  const std::string first = Access::to("0.0.0.0")->token(), second = Access::to("::")->token();
  EXPECT_EQ(first.size(), 32u);
  EXPECT_NE(first, second);
  for (const char* address : {"", "example.org", "300.1.1.1", "127.0.0.1:80"}) {
    const auto access = Access::to(address);
    ASSERT_FALSE(access) << address;
    EXPECT_THAT(access.error().text(), HasSubstr("not an address; 127.0.0.1"));
  }
}

TEST(Access, without_a_token_only_names_of_this_machine_are_answered) {
  const Access access = Access::to("127.0.0.1").value();
  for (const char* host : {"127.0.0.1", "127.0.0.1:8080", "localhost:1", "[::1]:8080"})
    EXPECT_EQ(status_of(access, {.host = host}), 200) << host;
  for (const char* host :
       {"", "evil.example:8080", "127.0.0.1.evil.example", "localhost.evil.example", "10.0.0.1", "[", "[]"})
    EXPECT_EQ(status_of(access, {.host = host}), 403) << host;
}

TEST(Access, with_a_token_everything_needs_it) {
  const Access access = Access::to("0.0.0.0").value();
  const std::string token = access.token(), cookie = std::string(Access::kCookie) + "=" + token;
  EXPECT_EQ(status_of(access, {.host = "127.0.0.1"}), 401);
  EXPECT_EQ(status_of(access, {.host = "a", .token = token.substr(1)}), 401);
  EXPECT_EQ(status_of(access, {.host = "a", .token = token}), 200);
  EXPECT_EQ(status_of(access, {.host = "a", .authorization = "Bearer " + token}), 200);
  EXPECT_EQ(status_of(access, {.host = "a", .authorization = token}), 401);
  EXPECT_EQ(status_of(access, {.host = "a", .cookie = "a=b; " + cookie + "; c=d"}), 200);
  EXPECT_EQ(status_of(access, {.host = "a", .cookie = "x" + cookie}), 401);
  EXPECT_EQ(status_of(access, {.host = "a", .cookie = cookie + "0"}), 401);
  EXPECT_TRUE(access.is_first_visit({.token = token}));
  EXPECT_FALSE(access.is_first_visit({.cookie = cookie}));
  EXPECT_FALSE(Access::to("localhost")->is_first_visit({.token = ""}));
}

TEST(Access, changes_come_from_the_page_itself_as_json) {
  const Access access = Access::to("127.0.0.1").value();
  EXPECT_EQ(status_of(access, change_from("localhost:8080", "http://localhost:8080")), 200);
  EXPECT_EQ(status_of(access, change_from("localhost:8080", "")), 200) << "a program, no browser";
  for (const char* origin : {"http://evil.example", "https://localhost:8080", "http://localhost:8081", "null"})
    EXPECT_EQ(status_of(access, change_from("localhost:8080", origin)), 403) << origin;
  RequestHead head = change_from("localhost", "http://localhost");
  head.content_type = "application/json; charset=utf-8";
  EXPECT_EQ(status_of(access, head), 200);
  head.content_type = "text/plain";
  EXPECT_EQ(status_of(access, head), 415) << "what a form of another site can send";
  head = change_from("localhost", "");
  head.fetch_site = "cross-site";
  EXPECT_EQ(status_of(access, head), 403);
  head.fetch_site = "same-origin";
  EXPECT_EQ(status_of(access, head), 200);
}

}  // namespace
}  // namespace sluice::test
