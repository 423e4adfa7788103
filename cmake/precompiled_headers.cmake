# SPDX-License-Identifier: Apache-2.0
# The headers of other projects that most sources read are compiled once for each group of targets.
#
# Why: reading them again for every source was a third of a build. GCC takes a precompiled header only under the options it
# was made with, hence one each for libraries, programs and tests. No source may count on it to leave out an #include: a
# build with -DCMAKE_DISABLE_PRECOMPILE_HEADERS=ON must pass.
set(SLUICE_STANDARD_HEADERS <algorithm> <array> <cmath> <cstdint> <filesystem> <functional> <limits> <map> <memory> <numeric>
  <optional> <random> <set> <string> <utility> <variant> <vector> <fmt/format.h>)
file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/no_code.cpp CONTENT "// A precompiled header needs a target with a source.\n")

# sluice_precompile(<name> FOLDERS <folders> [HEADERS <headers>] [LIBRARIES <targets>] [OPTIONS <options>]): every target
# made under the folders, with `options`, reads the standard headers and `headers` precompiled.
function(sluice_precompile name)
  cmake_parse_arguments(ARG "" "" "FOLDERS;HEADERS;LIBRARIES;OPTIONS" ${ARGN})
  add_library(${name} OBJECT ${PROJECT_BINARY_DIR}/no_code.cpp)
  target_link_libraries(${name} PRIVATE sluice_options fmt::fmt ${ARG_LIBRARIES})
  target_compile_options(${name} PRIVATE ${ARG_OPTIONS})
  target_precompile_headers(${name} PRIVATE ${SLUICE_STANDARD_HEADERS} ${ARG_HEADERS})
  while(ARG_FOLDERS)
    list(POP_FRONT ARG_FOLDERS folder)
    get_property(subfolders DIRECTORY ${folder} PROPERTY SUBDIRECTORIES)
    list(APPEND ARG_FOLDERS ${subfolders})
    get_property(targets DIRECTORY ${folder} PROPERTY BUILDSYSTEM_TARGETS)
    foreach(target IN LISTS targets)
      get_target_property(type ${target} TYPE)
      if(type MATCHES "^(STATIC_LIBRARY|SHARED_LIBRARY|OBJECT_LIBRARY|EXECUTABLE)$")
        target_compile_options(${target} PRIVATE ${ARG_OPTIONS})
        target_precompile_headers(${target} REUSE_FROM ${name})
      endif()
    endforeach()
  endwhile()
endfunction()
