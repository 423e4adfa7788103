// SPDX-License-Identifier: Apache-2.0
// Sets of numbers tell banks apart by low bits.
#include "compiler/language/fixed_values.hpp"

#include <gtest/gtest.h>

namespace sluice::language {
namespace {

TEST(NumberSet, meets_where_a_number_is_in_both) {
  const NumberSet any, three{0, 3}, seven{0, 7}, odd{2, 1}, of_four{4, 3};
  EXPECT_TRUE(any.may_meet(three));
  EXPECT_FALSE(three.may_meet(seven));
  EXPECT_TRUE(three.may_meet(three));
  EXPECT_TRUE(odd.may_meet(three));
  EXPECT_FALSE(odd.may_meet({0, 4}));
  EXPECT_TRUE(odd.may_meet(of_four));
  EXPECT_FALSE(of_four.may_meet({4, 1}));
  EXPECT_FALSE(of_four.may_meet({2, 0}));
}

TEST(SyntaxTree, reads_types_as_clang_writes_them) {
  EXPECT_EQ(array_sizes("const __private char[3][28]"), (std::vector<std::int64_t>{3, 28}));
  EXPECT_TRUE(array_sizes("__private int").empty());
  EXPECT_EQ(scalar_bits("__private unsigned short[16]"), 16);
  EXPECT_EQ(scalar_bits("i8x4"), 0);
}

TEST(SyntaxTree, is_refused_where_it_is_no_tree) {
  EXPECT_FALSE(syntax_tree("TranslationUnitDecl 0x1 <<invalid sloc>> <invalid sloc>\n"));
  EXPECT_FALSE(syntax_tree("something else\n"));
  EXPECT_FALSE(syntax_tree(""));
}

}  // namespace
}  // namespace sluice::language
