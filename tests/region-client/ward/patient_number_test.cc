#include "region-client/ward/patient_number.h"

#include <gtest/gtest.h>

namespace envej::ward {
namespace {

TEST(PatientNumberTest, ANumberIsTheSameHoweverItIsWritten) {
  for (const char* const written : {"0101909999", "010190-9999", " 010190-9999 ", "010190 9999", "01 01 90 - 9999",
                                    "010190\xC2\xA0"
                                    "9999"}) {
    EXPECT_EQ(NumberInItsForm(written), "0101909999") << written;
  }
  EXPECT_EQ(NumberInItsForm(" \xC2\xA0 "), "");
}

TEST(PatientNumberTest, OtherHyphensStaySinceTheyMayTellTwoPatientsApart) {
  for (const char* const number : {"1-23", "12-3", "01019-09999", "010190-999A", "010190-99999", "010190--999"}) {
    EXPECT_EQ(NumberInItsForm(number), number);
  }
}

TEST(PatientNumberTest, AnotherNameOfTheAuthorityIsTheSameOne) {
  Site site;
  site.patient_authority = "CPR";
  site.same_authority = {"urn:oid:1.2.208.176.1.2"};
  const PatientId cpr{.authority = "CPR", .value = "0101909999"};
  EXPECT_EQ(InItsForm({.authority = "urn:oid:1.2.208.176.1.2", .value = "010190-9999"}, site), cpr);
  EXPECT_EQ(InItsForm({.authority = "CPR", .value = "010190-9999"}, site), cpr);
  EXPECT_EQ(InItsForm({.authority = "", .value = "1"}, site).authority, "");
  EXPECT_EQ(InItsForm({.authority = "HOSP", .value = "1"}, site).authority, "HOSP");
}

}  // namespace
}  // namespace envej::ward
