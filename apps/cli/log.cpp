// SPDX-License-Identifier: Apache-2.0
// Lines of standard error by spdlog's default logger, which main() sets up.
#include "apps/cli/log.hpp"

#include <spdlog/spdlog.h>

#include "runtime/base/text.hpp"

namespace sluice::cli::log {

void write(Level level, const std::string& line) {
  const std::string shown = printable_lines(line);  // it may quote names from files
  const spdlog::string_view_t text(shown);
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
