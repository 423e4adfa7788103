// SPDX-License-Identifier: Apache-2.0
// The three rules (see access.hpp).
#include "apps/camera/access.hpp"

#include <arpa/inet.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>

#include <array>

#include "runtime/base/errors.hpp"
#include "runtime/base/text.hpp"

namespace sluice::camera {
namespace {

constexpr std::size_t kTokenBytes = 16, kMostShownBytes = 80;

bool is_loopback(const std::string& name) {
  in_addr four{};
  in6_addr six{};
  if (name == "localhost") return true;
  if (inet_pton(AF_INET, name.c_str(), &four) == 1) return (ntohl(four.s_addr) >> 24) == 127;
  return inet_pton(AF_INET6, name.c_str(), &six) == 1 && IN6_IS_ADDR_LOOPBACK(&six);
}

bool is_numeric(const std::string& address) {
  std::array<unsigned char, sizeof(in6_addr)> any{};
  return inet_pton(AF_INET, address.c_str(), any.data()) == 1 || inet_pton(AF_INET6, address.c_str(), any.data()) == 1;
}

// "localhost:8080", "[::1]:8080" without what follows the name.
std::string host_name(const std::string& host) {
  if (host.starts_with('['))
    return host.substr(1, host.find(']') == std::string::npos ? host.size() : host.find(']') - 1);
  return host.substr(0, host.find(':'));
}

std::string_view value_of_cookie(std::string_view cookies, std::string_view name) {
  while (!cookies.empty()) {
    const std::size_t end = std::min(cookies.find(';'), cookies.size());
    std::string_view one = cookies.substr(0, end);
    cookies.remove_prefix(std::min(end + 1, cookies.size()));
    while (one.starts_with(' ')) one.remove_prefix(1);
    if (one.size() > name.size() && one.starts_with(name) && one[name.size()] == '=')
      return one.substr(name.size() + 1);
  }
  return {};
}

}  // namespace

bool is_equal_in_constant_time(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

Result<Access> Access::to(const std::string& address) {
  if (is_loopback(address)) return Access("");
  if (!is_numeric(address))
    return user_error(
        "--bind {}: not an address; 127.0.0.1 (this machine alone), 0.0.0.0 (everybody who has the token) or "
        "an address of this machine is",
        printable(address, kMostShownBytes));
  std::array<unsigned char, kTokenBytes> bytes{};
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1)
    return world_error("RAND_bytes failed: no random numbers for a token, so nobody else is let in");
  std::string token;
  for (const unsigned char byte : bytes) token += fmt::format("{:02x}", byte);
  return Access(std::move(token));
}

bool Access::is_token(std::string_view text) const { return is_equal_in_constant_time(text, token_); }

std::optional<Refusal> Access::refusal(const RequestHead& head) const {
  constexpr std::string_view kBearer = "Bearer ";
  if (token_.empty()) {
    if (!is_loopback(host_name(head.host))) return Refusal{403, "this page answers to 127.0.0.1 and localhost alone"};
  } else {
    const std::string_view bearer = head.authorization;
    const bool has_bearer = bearer.starts_with(kBearer) && is_token(bearer.substr(kBearer.size()));
    if (!has_bearer && !is_token(value_of_cookie(head.cookie, kCookie)) && !is_token(head.token))
      return Refusal{401, "a token is needed; open the address that sluice camera printed"};
  }
  if (!head.is_change) return std::nullopt;
  if (!head.origin.empty() && head.origin != "http://" + head.host)
    return Refusal{403, "only this page itself may change something"};
  if (!head.fetch_site.empty() && head.fetch_site != "same-origin")
    return Refusal{403, "only this page itself may change something"};
  if (head.content_type.substr(0, head.content_type.find(';')) != "application/json")
    return Refusal{415, "application/json is needed"};
  return std::nullopt;
}

}  // namespace sluice::camera
