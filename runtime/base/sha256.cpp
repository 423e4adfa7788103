// SPDX-License-Identifier: Apache-2.0
// SHA-256 by OpenSSL's EVP interface (FIPS 180-4).
#include "runtime/base/sha256.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

namespace sluice {

std::string sha256_hex(std::string_view bytes) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int length = 0;
  EVP_Digest(bytes.data(), bytes.size(), digest, &length, EVP_sha256(), nullptr);
  std::string text;
  for (unsigned int i = 0; i < length; ++i) text += fmt::format("{:02x}", digest[i]);
  return text;
}

}  // namespace sluice
