// SPDX-License-Identifier: Apache-2.0
// Lines for standard error: progress, warnings, errors.
//
// Why: spdlog's templates, expanded in every verb, took most of a verb's compilation; text is formatted here by fmt's
// own library and handed on finished. After: the line is written, unless --quiet holds it back.
#pragma once

#include <string>
#include <utility>

#include <fmt/format.h>

namespace sluice::cli::log {

enum class Level { info, warn, error };

void write(Level level, const std::string& line);

template <typename... Args>
void info(fmt::format_string<Args...> pattern, Args&&... args) {
  write(Level::info, fmt::format(pattern, std::forward<Args>(args)...));
}

template <typename... Args>
void warn(fmt::format_string<Args...> pattern, Args&&... args) {
  write(Level::warn, fmt::format(pattern, std::forward<Args>(args)...));
}

template <typename... Args>
void error(fmt::format_string<Args...> pattern, Args&&... args) {
  write(Level::error, fmt::format(pattern, std::forward<Args>(args)...));
}

}  // namespace sluice::cli::log
