#include "region-client/hl7/contact.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/region-client/hl7/example_messages.h"

namespace envej::hl7 {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

ward::Contact ContactOf(const std::vector<std::pair<int, std::string>>& fields, bool also_at_work = false) {
  return ReadContact(Read(Joined({kHeader, SegmentOf("PID", fields)})), also_at_work);
}

TEST(ContactTest, ANameIsWrittenAsTheCitizenIsAddressed) {
  EXPECT_EQ(ContactOf({{5, "Pr\u00F8vesen&von^Opdigtet^Maria  Karla"}}).name, "Opdigtet Maria Karla Pr\u00F8vesen");
  EXPECT_EQ(ContactOf({{5, "Kaldenavn^Kort^^^^^N~Pr\u00F8vesen^Opdigtet^^^^^L"}}).name, "Opdigtet Pr\u00F8vesen");
  EXPECT_EQ(ContactOf({{5, "Pr\u00F8vesen^Opdigtet~Andet^Navn"}}).name, "Opdigtet Pr\u00F8vesen");
  EXPECT_EQ(ContactOf({{5, "Opdigtet Pr\u00F8vesen"}}).name, "Opdigtet Pr\u00F8vesen");
  EXPECT_EQ(ContactOf({{5, "\"\""}}).name, "");
}

TEST(ContactTest, AnAddressIsOneWhereTheCitizenLives) {
  const ward::PostalAddress home{.street = "Opdigtet All\u00E9 1", .postal_code = "9999", .city = "Ingenby"};
  EXPECT_EQ(ContactOf({{11, "Opdigtet All\u00E9 1^^Ingenby^^9999^DNK^H"}}).postal_address, home);
  EXPECT_EQ(ContactOf({{11, "&Opdigtet All\u00E9&1^^Ingenby^^9999"}}).postal_address, home);
  for (const char* const type : {"B", "BA", "BDL", "BI", "BR", "F", "N", "O", "RH", "S"}) {
    const std::string other = absl::StrCat("Andetsteds 2^^Byen^^0001^^", type);
    EXPECT_EQ(ContactOf({{11, other}}).postal_address, std::nullopt) << type;
    EXPECT_EQ(ContactOf({{11, other + "~Opdigtet All\u00E9 1^^Ingenby^^9999"}}).postal_address, home) << type;
  }
  EXPECT_EQ(ContactOf({{11, "^^^^^DNK"}}).postal_address, std::nullopt);
}

TEST(ContactTest, TelephonesAreInOrderAndEachOnce) {
  EXPECT_THAT(ContactOf({{13, "+45 00 00 00 01^PRN^PH~00000002^PRS^CP"}, {40, "00000003^VHN~00000002"}}).phone_numbers,
              ElementsAre("+45 00 00 00 01", "00000002", "00000003"));
  EXPECT_THAT(ContactOf({{13, "^PRN^PH^^45^^00000001~^PRN^PH^^+45^00^000002"}}).phone_numbers,
              ElementsAre("+45 00000001", "+45 00 000002"));
  EXPECT_THAT(ContactOf({{13, "^PRN^PH^^^^^^^^^+4500000001"}, {40, "^PRS^CP^^^^^^^^^+4500000002"}}).phone_numbers,
              ElementsAre("+4500000001", "+4500000002"));
  EXPECT_THAT(ContactOf({{13, "1^PRN^FX~2^BPN~3^PRN^BP~4^PRN^MD~\"\""}}).phone_numbers, IsEmpty());
}

TEST(ContactTest, WhoElseAnswersIsNotTheCitizen) {
  const std::vector<std::pair<int, std::string>> fields = {
      {13, "1^EMR^PH~2^ASN~3^WPN~4^PRN"}, {14, "5~6^WPN~7^EMR"}, {40, "8^WPN^CP~9^EMR"}};
  EXPECT_THAT(ContactOf(fields).phone_numbers, ElementsAre("4"));
  EXPECT_THAT(ContactOf(fields, /*also_at_work=*/true).phone_numbers, ElementsAre("3", "4", "5", "6", "8"));
}

TEST(ContactTest, ThatThereIsNoNumberIsSaid) {
  EXPECT_TRUE(ContactOf({{13, "\"\""}}).has_no_phone_number);
  EXPECT_TRUE(ContactOf({{40, "\"\""}}).has_no_phone_number);
  EXPECT_FALSE(ContactOf({{13, ""}, {14, "\"\""}}).has_no_phone_number);
  EXPECT_FALSE(ContactOf({{13, "\"\""}, {40, "00000001"}}).has_no_phone_number);
  EXPECT_FALSE(ContactOf({{13, "1^EMR"}}).has_no_phone_number) << "of the citizen's own nothing is said";
}

TEST(ContactTest, AnEmailIsKnownByWhatItIsSaidToBe) {
  const ward::Contact contact = ContactOf({{13, "^NET^Internet^a@example.org~00000001~^NET^Internet^b@example.org"}});
  EXPECT_EQ(contact.email, "a@example.org");
  EXPECT_THAT(contact.phone_numbers, ElementsAre("00000001"));
  EXPECT_EQ(ContactOf({{13, "c@example.org^NET"}}).email, "c@example.org");
  EXPECT_EQ(ContactOf({{13, "^NET^Internet^none"}}).email, "");
}

TEST(ContactTest, WithoutThemThereIsNothing) { EXPECT_EQ(ContactOf({{1, "1"}}), ward::Contact()); }

}  // namespace
}  // namespace envej::hl7
