# SPDX-License-Identifier: Apache-2.0
# Writes a source that tells the commit of the tree, at each build, and touches it only when that has changed.
#   cmake -D SOURCE=<tree> -D OUTPUT=<file> -P source_commit.cmake
find_program(git git)
set(commit "")
if(git)
  execute_process(COMMAND ${git} -C ${SOURCE} describe --always --dirty --abbrev=12 --exclude=*
    OUTPUT_VARIABLE commit ERROR_QUIET OUTPUT_STRIP_TRAILING_WHITESPACE)
endif()
if(NOT commit)
  set(commit unknown)
endif()
file(CONFIGURE OUTPUT ${OUTPUT} CONTENT "// Made by source_commit.cmake.
#include \"apps/bench/host.hpp\"

namespace sluice::bench {

const char* source_commit() { return \"${commit}\"; }

}  // namespace sluice::bench
")
