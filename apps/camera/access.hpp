// SPDX-License-Identifier: Apache-2.0
// Access: who may see the page and set its policy.
//
// Why: a camera's picture is private, and a page of another site, open in the same browser, can send requests to this
// machine. Three rules:
//   host    without a token the request must name this machine itself (127.0.0.1, localhost, [::1]): a name that
//   somebody
//           else owns and points here (DNS rebinding) is refused
//   token   wherever others could connect, everything needs the token: page, events, picture, controls. It comes once
//           as ?token=, then as a cookie that no script and no other site can use; a program sends "Authorization:
//           Bearer"
//   origin  what changes something must come from this page: its Origin names this host, and its body is JSON, which
//           no form of another site can send
//
// Before: the head of a request, as it came. After: nothing, or a status and a sentence; tokens are compared in a time
// that does not tell how much of them was right.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "runtime/base/status.hpp"

namespace sluice::camera {

struct RequestHead {
  bool is_change = false;                                                     // POST
  std::string host, origin, content_type, cookie, authorization, fetch_site;  // headers; empty: not there
  std::string token;                                                          // of the query
};

struct Refusal {
  int status = 400;
  std::string sentence;
};

class Access {
 public:
  static constexpr const char* kCookie = "sluice_token";

  // For an address to listen on: a number (127.0.0.1, 0.0.0.0, ::1) or localhost. Where it is not loopback there is a
  // token of 128 random bits.
  static Result<Access> to(const std::string& address);

  const std::string& token() const { return token_; }  // empty: none is needed
  std::optional<Refusal> refusal(const RequestHead& head) const;
  // The token came in the query, so the cookie is to be set and the address cleaned.
  bool is_first_visit(const RequestHead& head) const { return !token_.empty() && is_token(head.token); }

 private:
  explicit Access(std::string token) : token_(std::move(token)) {}
  bool is_token(std::string_view text) const;

  std::string token_;
};

// Whether both are equal; the time depends on their lengths alone.
bool is_equal_in_constant_time(std::string_view a, std::string_view b);

}  // namespace sluice::camera
