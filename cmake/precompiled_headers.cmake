# SPDX-License-Identifier: Apache-2.0
# The headers of other projects that most sources read are compiled once for a group of targets.
#
# Why: reading them again for every source was a third of a build. GCC takes a precompiled header only under the options it
# was made with, and a program must not see the names of one that it does not use, hence groups. No source may count on it
# to leave out an #include: a build with -DCMAKE_DISABLE_PRECOMPILE_HEADERS=ON must pass.
set(SLUICE_STANDARD_HEADERS <algorithm> <array> <cmath> <cstdint> <filesystem> <functional> <limits> <map> <memory> <numeric>
  <optional> <random> <set> <string> <utility> <variant> <vector> <fmt/format.h>)
file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/no_code.cpp CONTENT "// A precompiled header needs a target with a source.\n")

# sluice_header_group(<name> [HEADERS <headers>] [LIBRARIES <targets>] [OPTIONS <options>]): a target that holds the
# standard headers and `headers` precompiled. GCC drops them where one of -O0 and another level meet, so a group says it.
function(sluice_header_group name)
  cmake_parse_arguments(ARG "" "" "HEADERS;LIBRARIES;OPTIONS" ${ARGN})
  add_library(${name} OBJECT ${PROJECT_BINARY_DIR}/no_code.cpp)
  target_link_libraries(${name} PRIVATE sluice_options fmt::fmt ${ARG_LIBRARIES})
  target_compile_options(${name} PRIVATE ${ARG_OPTIONS})
  target_precompile_headers(${name} PRIVATE ${SLUICE_STANDARD_HEADERS} ${ARG_HEADERS})
endfunction()

# The targets with code of our own that are made in the folders and the folders under them.
function(sluice_targets_under result)
  set(folders ${ARGN})
  set(found)
  while(folders)
    list(POP_FRONT folders folder)
    get_property(subfolders DIRECTORY ${folder} PROPERTY SUBDIRECTORIES)
    list(APPEND folders ${subfolders})
    get_property(targets DIRECTORY ${folder} PROPERTY BUILDSYSTEM_TARGETS)
    foreach(target IN LISTS targets)
      get_target_property(type ${target} TYPE)
      if(type MATCHES "^(STATIC_LIBRARY|SHARED_LIBRARY|OBJECT_LIBRARY|EXECUTABLE)$")
        list(APPEND found ${target})
      endif()
    endforeach()
  endwhile()
  set(${result} ${found} PARENT_SCOPE)
endfunction()

# Every target under the folders reads the group's headers, unless it has those of another group.
function(sluice_use_header_group name)
  sluice_targets_under(targets ${ARGN})
  list(REMOVE_ITEM targets ${name})
  foreach(target IN LISTS targets)
    get_target_property(group ${target} PRECOMPILE_HEADERS_REUSE_FROM)
    if(NOT group)
      target_precompile_headers(${target} REUSE_FROM ${name})
    endif()
  endforeach()
endfunction()

# Sources in which nothing is hot, in a library that has others: as sluice_compile_quickly.
function(sluice_compile_sources_quickly)
  set_property(SOURCE ${ARGN} APPEND PROPERTY COMPILE_OPTIONS $<$<CONFIG:Release>:-O1>)
endfunction()

# Under the folders nothing is hot: a release build compiles them with -O1, in two thirds of the time.
function(sluice_compile_quickly)
  sluice_targets_under(targets ${ARGN})
  foreach(target IN LISTS targets)
    target_compile_options(${target} PRIVATE $<$<CONFIG:Release>:-O1>)
  endforeach()
endfunction()
