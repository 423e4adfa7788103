# SPDX-License-Identifier: Apache-2.0
# Text files of the tree, compiled in, so that a program needs no source tree when it runs.

# sluice_text_table(<output> HEADER <header> FUNCTION <function> [PREFIX <prefix>] FILES <files>): a source at `output` in
# the build folder that defines `function`, named with its namespaces and declared in `header`: the text of each file, by
# its path from this folder after `prefix`. The function returns any container of pairs of strings.
function(sluice_text_table output)
  cmake_parse_arguments(ARG "" "HEADER;FUNCTION;PREFIX" "FILES" ${ARGN})
  set(type "decltype(${ARG_FUNCTION}())")
  set(table "// Made by sluice_text_table() from the files it names.\n#include <type_traits>\n\n#include \"${ARG_HEADER}\"\n\n")
  string(APPEND table "${type} ${ARG_FUNCTION}() {\n  static const std::remove_cvref_t<${type}> files{\n")
  foreach(file IN LISTS ARG_FILES)
    file(READ ${file} text)
    string(APPEND table "{\"${ARG_PREFIX}${file}\", R\"__file__(${text})__file__\"},\n")
    cmake_path(ABSOLUTE_PATH file NORMALIZE OUTPUT_VARIABLE path)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${path})
  endforeach()
  string(APPEND table "};\n  return files;\n}\n")
  file(CONFIGURE OUTPUT ${output} CONTENT "${table}" @ONLY)
endfunction()
