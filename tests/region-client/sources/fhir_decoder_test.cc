#include "region-client/sources/fhir_decoder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <variant>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "proto/contract/day.h"
#include "tests/certs/test_files.h"

namespace envej::region {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

// A day after the examples.
const absl::Time kNow = absl::FromCivil(absl::CivilSecond(2027, 1, 16), absl::UTCTimeZone());

std::string Example(const std::string& name) {
  return certs::ReadFile(
      absl::StrCat(std::getenv("ENVEJ_SOURCE_DIRECTORY"), "/tests/region-client/fhir/examples/", name));
}

FileItem Decoded(const std::string& bytes, fhir::Form form = fhir::Form::kJson) {
  const auto items = DecodeFhirFile(bytes, form, "files", *contract::CopenhagenTimeZone(), kNow);
  EXPECT_TRUE(items.ok()) << items.status();
  EXPECT_THAT(*items, SizeIs(1));
  return items->front();
}

TEST(FhirDecoderTest, AMessageIsItsEventsUnderBothItsIdsInBothForms) {
  const FileItem json = Decoded(Example("discharge.json"));
  EXPECT_EQ(json.name.source, "files|fhir");
  EXPECT_THAT(json.name.id, HasSubstr("2b8f6c1e-0f44-4ad8-9d3a-5a0f6f3f1b02"));
  EXPECT_THAT(json.name.id, HasSubstr("0d6c1a52-6c0e-4f0b-9a55-1d6f0e1f7a01"));
  ASSERT_TRUE(std::holds_alternative<std::vector<ward::Event>>(json.said));
  EXPECT_EQ(std::get<std::vector<ward::Event>>(json.said).front().kind, ward::EventKind::kDischarged);
  const FileItem xml = Decoded(Example("discharge.xml"), fhir::Form::kXml);
  EXPECT_EQ(xml.name.id, json.name.id);
  EXPECT_TRUE(std::holds_alternative<std::vector<ward::Event>>(xml.said));
}

TEST(FhirDecoderTest, WhatIsWrongIsRefusedByPlaceAndNeverByValue) {
  const FileItem wrong =
      Decoded(absl::StrReplaceAll(Example("discharge.json"), {{"2027-01-15T13:20:00+01:00", "Opdigtet"}}));
  ASSERT_TRUE(std::holds_alternative<FileProblem>(wrong.said));
  EXPECT_THAT(std::get<FileProblem>(wrong.said).text, HasSubstr("period.end"));
  EXPECT_THAT(std::get<FileProblem>(wrong.said).text, Not(HasSubstr("Opdigtet")));
  EXPECT_TRUE(std::holds_alternative<FileProblem>(Decoded("no message").said));
}

}  // namespace
}  // namespace envej::region
