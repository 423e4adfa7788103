// SPDX-License-Identifier: Apache-2.0
// Words that mean something in Verilog, SystemVerilog or VHDL. The vendor's compiler names modules and signals after
// kernels and channels.
#pragma once

#include <string>

namespace sluice::language {

// VHDL does not tell capitals from small letters, so neither does this.
bool is_hdl_word(const std::string& name);

}  // namespace sluice::language
