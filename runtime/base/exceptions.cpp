// SPDX-License-Identifier: Apache-2.0
// Throws the current exception once more to learn its kind (see exceptions.hpp).
#include "runtime/base/exceptions.hpp"

#include <exception>
#include <new>
#include <stdexcept>
#include <system_error>
#include <typeinfo>

#include "runtime/base/errors.hpp"
#include "runtime/base/interrupt.hpp"

namespace sluice {

Error caught_error(const std::string& doing) {
  try {
    throw;
  } catch (const Interrupted&) {
    return check_interrupt().error();
  } catch (const std::bad_alloc&) {
    return world_error("{}: the machine's memory is used up (std::bad_alloc)", doing);
  } catch (const std::system_error& problem) {
    // What std::thread throws; its own words name nothing.
    if (problem.code() == std::errc::resource_unavailable_try_again)
      return world_error(
          "{}: no thread more could be started: {} ({}, {}); a limit of processes is reached (ulimit -u, or a "
          "container's pids)",
          doing, problem.what(), problem.code().category().name(), problem.code().value());
    return world_error("{}: {} ({}, {})", doing, problem.what(), problem.code().category().name(),
                       problem.code().value());
  } catch (const std::exception& problem) {
    // Its descendants (a format that does not fit its arguments, say) are mistakes of a program.
    if (typeid(problem) == typeid(std::runtime_error)) return world_error("{}: {}", doing, problem.what());
    return bug_error(fmt::format("{}: {}", doing, problem.what()));
  } catch (...) {
    return bug_error(doing + ": something that is no std::exception was thrown");
  }
}

}  // namespace sluice
