// SPDX-License-Identifier: Apache-2.0
// Command and Option by CLI11: the templates of its header are expanded here, once for each type of value.
#include "apps/cli/arguments.hpp"

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <type_traits>

#include <CLI/CLI.hpp>

namespace sluice::cli {
namespace {

template <typename T>
struct ElementOf {
  using type = T;
};
template <typename T>
struct ElementOf<std::vector<T>> {
  using type = T;
};
template <typename T>
struct ElementOf<std::optional<T>> {
  using type = T;
};

// What CLI11 would take: NaN lies within every range, "-1" is the largest unsigned number, and an empty path (an unset
// variable of a shell) is an option that was not given.
template <typename T>
std::string refusal(const std::string& word) {
  if constexpr (std::is_same_v<T, double>) {
    char* end = nullptr;
    if (!std::isfinite(std::strtod(word.c_str(), &end)) && *end == 0) return word + " is no finite number";
  } else if constexpr (std::is_unsigned_v<T>) {
    if (word.find('-') != std::string::npos) return word + " is below 0";
  } else if constexpr (std::is_same_v<T, std::filesystem::path>) {
    if (word.empty()) return "a path is empty";
  }
  return {};
}

}  // namespace

Option Option::required() const { return Option(option_->required()); }
Option Option::capture_default_str() const { return Option(option_->capture_default_str()); }
Option Option::excludes(Option other) const { return Option(option_->excludes(other.option_)); }
Option Option::delimiter(char between) const { return Option(option_->delimiter(between)); }
Option Option::range(int least, int most) const { return Option(option_->check(CLI::Range(least, most))); }
Option Option::range(double least, double most) const { return Option(option_->check(CLI::Range(least, most))); }
Option Option::positive() const { return Option(option_->check(CLI::PositiveNumber)); }

Option Option::one_of(const std::vector<std::string>& words) const {
  return Option(option_->check(CLI::IsMember(words)));
}

template <typename T>
Option Command::add_option(const std::string& name, T& value, const std::string& what) const {
  CLI::Option* option = app_->add_option(name, value, what);
  // Without a text of its own, which would stand in the help.
  option->check(CLI::Validator([](std::string& word) { return refusal<typename ElementOf<T>::type>(word); }, ""));
  return Option(option);
}

template Option Command::add_option(const std::string&, int&, const std::string&) const;
template Option Command::add_option(const std::string&, unsigned&, const std::string&) const;
template Option Command::add_option(const std::string&, long&, const std::string&) const;
template Option Command::add_option(const std::string&, std::size_t&, const std::string&) const;
template Option Command::add_option(const std::string&, double&, const std::string&) const;
template Option Command::add_option(const std::string&, std::optional<double>&, const std::string&) const;
template Option Command::add_option(const std::string&, std::optional<std::size_t>&, const std::string&) const;
template Option Command::add_option(const std::string&, std::string&, const std::string&) const;
template Option Command::add_option(const std::string&, std::filesystem::path&, const std::string&) const;
template Option Command::add_option(const std::string&, std::vector<std::size_t>&, const std::string&) const;
template Option Command::add_option(const std::string&, std::vector<int>&, const std::string&) const;
template Option Command::add_option(const std::string&, std::vector<double>&, const std::string&) const;
template Option Command::add_option(const std::string&, std::vector<std::filesystem::path>&, const std::string&) const;

Option Command::add_flag(const std::string& name, bool& value, const std::string& what) const {
  return Option(app_->add_flag(name, value, what));
}

Command Command::add_subcommand(const std::string& name, const std::string& what) const {
  return Command(*app_->add_subcommand(name, what));
}

void Command::require_subcommand(std::size_t least, std::size_t most) const { app_->require_subcommand(least, most); }

void Command::fallthrough() const { app_->fallthrough(); }

std::size_t Command::count(const std::string& name) const { return app_->count(name); }

bool Command::is_given() const { return app_->parsed(); }

}  // namespace sluice::cli
