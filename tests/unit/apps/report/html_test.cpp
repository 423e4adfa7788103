// SPDX-License-Identifier: Apache-2.0
// What may stand in a page: no text of a file becomes markup, no number is shown other than it is.
#include "apps/report/html.hpp"

#include <cmath>

#include <gmock/gmock.h>
#include "runtime/base/json.hpp"

namespace sluice::page {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(Html, no_text_is_markup) {
  EXPECT_EQ(escaped("</script><b a='1' b=\"2\">&amp;"),
            "&lt;/script&gt;&lt;b a=&#39;1&#39; b=&quot;2&quot;&gt;&amp;amp;");
  EXPECT_EQ(escaped("caf\xE9 \x1b[2J"), "caf\\xE9 \\x1B[2J") << "bytes that are no text";
  EXPECT_EQ(escaped(std::string(50, 'x'), 20).size(), 20u + 3) << "cut, and it is seen";
}

TEST(Html, json_in_a_script_element_never_ends_it) {
  const nlohmann::json value{{"</script><!--", "<script>&\xE9"}};
  const std::string text = script_json(value);
  for (const char* mark : {"<", ">", "&"}) EXPECT_THAT(text, Not(HasSubstr(mark)));
  EXPECT_EQ(nlohmann::json::parse(text), (nlohmann::json{{"</script><!--", "<script>&\xEF\xBF\xBD"}}));
}

TEST(Html, numbers_are_grouped_and_keep_their_value) {
  EXPECT_EQ(number_text(0), "0");
  EXPECT_EQ(number_text(999), "999");
  EXPECT_EQ(number_text(-999), "-999");
  EXPECT_EQ(number_text(-1000), "-1,000");
  EXPECT_EQ(number_text(1234567.891, 2), "1,234,567.89");
  EXPECT_EQ(number(23038.25), "<data value=\"23038.25\">23,038</data>");
  EXPECT_EQ(percent(0.1234), "<data value=\"0.1234\">12.3&nbsp;%</data>");
  for (const double value : {double(NAN), double(INFINITY), -double(INFINITY)}) {
    EXPECT_EQ(number(value), "-");
    EXPECT_EQ(number_text(value), "-");
    EXPECT_EQ(percent(value), "-");
  }
}

TEST(Html, cells_hold_no_markup) {
  EXPECT_EQ(text_cell("<i>"), "<td>&lt;i&gt;</td>");
  EXPECT_EQ(text_cell("<i>", "layer"), "<td class=\"layer\">&lt;i&gt;</td>");
  EXPECT_EQ(number_cell(1234.5, 1), "<td class=\"number\"><data value=\"1234.5\">1,234.5</data></td>");
}

TEST(Html, a_template_is_filled_once_and_whole) {
  EXPECT_EQ(filled("a {{x}} b {{y}} {{x}}", {{"x", "{{y}}"}, {"y", "2"}}).value(), "a {{y}} b 2 {{y}}")
      << "what a part holds is not looked through";
  EXPECT_EQ(filled("{{x}}", {}).error().fault(), Fault::bug);
  EXPECT_EQ(filled("", {{"x", "1"}}).error().fault(), Fault::bug);
  EXPECT_EQ(filled("{{x", {{"x", "1"}}).error().fault(), Fault::bug);
}

TEST(Html, a_script_is_known_by_the_hash_that_browsers_reckon) {
  // The empty text, one byte and two: all ends of base64.
  EXPECT_EQ(script_hash(""), "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='");
  EXPECT_EQ(script_hash("alert(1)"), "'sha256-bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI='");
}

}  // namespace
}  // namespace sluice::page
