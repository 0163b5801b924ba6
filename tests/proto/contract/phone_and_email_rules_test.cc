#include <gtest/gtest.h>

#include <string>

#include "proto/contract/text_rules.h"

namespace envej::contract {
namespace {

TEST(PhoneNumberTest, E164IsAPlusAndEightToFifteenDigits) {
  for (const std::string number : {"+4512345678", "+30101234567", "+299123456", "+298123456", "+12025550123",
                                   "+123456789012345", "+46701234567"}) {
    EXPECT_TRUE(IsE164(number)) << number;
  }
  const std::string other[] = {"",
                               "+",
                               "12345678",
                               "004512345678",
                               "+45 12345678",
                               "+45 12 34 56 78",
                               "+30 1012 34567",
                               "+45-12345678",
                               "(+45)12345678",
                               "+0512345678",
                               "+1234567",
                               "+1234567890123456",
                               "+451234567",
                               "+45123456789",
                               "+4512345678 ",
                               " +4512345678",
                               "+45\u0661\u0662345678",
                               "\uFF0B4512345678",
                               "+4512345678\n",
                               "+4512345678x1",
                               std::string("+4512345678\0", 12)};
  for (const std::string& number : other) EXPECT_FALSE(IsE164(number)) << number;
}

TEST(EmailAddressTest, OneAddressIsAccepted) {
  for (const std::string address : {"a@b.dk", "aase.proevesen@example.dk", "a+b@c.d.example", "o'neill@example.org",
                                    "pr\u00F8ve@bl\u00E5b\u00E6r.dk", "a_b-c@ex-ample.dk", "x@xn--blbr-roah.dk"}) {
    EXPECT_TRUE(IsEmailAddress(address)) << address;
  }
  EXPECT_TRUE(IsEmailAddress(std::string(243, 'a') + "@example.dk"));
  std::string letters;
  for (int count = 0; count < 243; ++count) letters += "\u00E5";
  EXPECT_TRUE(IsEmailAddress(letters + "@example.dk"));
  EXPECT_FALSE(IsEmailAddress(letters + "\u00E5@example.dk"));
}

TEST(EmailAddressTest, AnythingElseIsNot) {
  for (const std::string text : {"",
                                 "@",
                                 "a",
                                 "a@",
                                 "@b.dk",
                                 "a@b",
                                 "a@.dk",
                                 "a@b.",
                                 "a@b..dk",
                                 "a@@b.dk",
                                 "a@b@c.dk",
                                 "a b@c.dk",
                                 "a@b c.dk",
                                 " a@b.dk",
                                 "a@b.dk ",
                                 "<a@b.dk>",
                                 "a <a@b.dk>",
                                 "a@b.dk,c@d.dk",
                                 "a@b.dk;c",
                                 "mailto:a@b.dk",
                                 ".a@b.dk",
                                 "a.@b.dk",
                                 "a..b@c.dk",
                                 "\"a\"@b.dk",
                                 "a@-b.dk",
                                 "a@b-.dk",
                                 "a@[127.0.0.1]",
                                 "a@b.dk\n",
                                 "a\u00A0b@c.dk",
                                 "a\u200B@b.dk",
                                 "a@b_c.dk"}) {
    EXPECT_FALSE(IsEmailAddress(text)) << text;
  }
}

}  // namespace
}  // namespace envej::contract
