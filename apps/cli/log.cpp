// SPDX-License-Identifier: Apache-2.0
// Lines of standard error by spdlog's default logger, which main() sets up.
#include "apps/cli/log.hpp"

#include <spdlog/spdlog.h>

namespace sluice::cli::log {

void write(Level level, const std::string& line) {
  const spdlog::string_view_t text(line);
  switch (level) {
    case Level::info:
      return spdlog::default_logger_raw()->log(spdlog::level::info, text);
    case Level::warn:
      return spdlog::default_logger_raw()->log(spdlog::level::warn, text);
    case Level::error:
      return spdlog::default_logger_raw()->log(spdlog::level::err, text);
  }
}

}  // namespace sluice::cli::log
