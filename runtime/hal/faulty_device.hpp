// SPDX-License-Identifier: Apache-2.0
// FaultyDevice: any device, with faults that happen at calls told beforehand (fault injection).
//
// Why: what a host does when a board dies is only known when one dies in front of it, at a known image, again and
// again. The idea: a device around a device. It passes calls on, and spoils one of a given number as its fault says. So
// every device can be put in, in tests and by whoever rehearses an installation (`--inject-fault` of the command).
//
//   refuse       submit() fails, as where an enqueue is refused; images inside still leave
//   lose         collect() fails, as where a device is lost
//   hang         collect() never returns, against all that device.hpp says
//   late         the answer comes, so much later
//   wrong-image  the answer bears another image's id
//   wrong-row    the answer bears another row's id
//   repeat       the answer before it comes once more, in place of this one
//   cut          the answer lacks its last score
//
// After a wrong answer the device goes on as if nothing had happened: who reads answers has to notice (check_answer()).
//
// Before: an open device. After: without faults it does what the inner device does.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "runtime/hal/device.hpp"

namespace sluice {

struct InjectedFault {
  enum class Kind { refuse, lose, hang, late, wrong_image, wrong_row, repeat, cut };

  Kind kind = Kind::lose;
  std::uint64_t at = 0;                // number of the call, from 0: of submit() for `refuse`, else of collect()
  std::chrono::milliseconds delay{0};  // of `late`
};

// "lose@100,late@20:500": kinds by the names above, at the call of that number, late by so many milliseconds.
Result<std::vector<InjectedFault>> faults_from_text(const std::string& text);

std::unique_ptr<Device> with_faults(std::unique_ptr<Device> device, std::vector<InjectedFault> faults);

}  // namespace sluice
