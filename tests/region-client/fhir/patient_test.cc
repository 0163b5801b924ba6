#include "region-client/fhir/patient.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/region-client/fhir/messages.h"

namespace envej::fhir {
namespace {

ward::Event EventOf(const char* patient) {
  Json message = Discharge();
  Json& resource = Patient(message);
  resource = Json::parse(patient);
  resource["resourceType"] = "Patient";
  resource["id"] = "citizen";
  return OneEvent(message);
}

TEST(Patient, AllNumbersAreSaidInOrder) {
  const ward::Event event = EventOf(R"({"identifier": [
      {"system": "urn:oid:1.2.208.176.1.2", "value": "3213801234"}, {"system": "urn:oid:1.2.3"},
      {"system": "http://ward.example/patients", "value": "p-1"}, {"value": "p-2"}]})");
  EXPECT_EQ(event.patient,
            (std::vector<ward::PatientId>{
                {"urn:oid:1.2.208.176.1.2", "3213801234"}, {"http://ward.example/patients", "p-1"}, {"", "p-2"}}));
}

TEST(Patient, TheOfficialNameIsTakenAndOldOnesAreNot) {
  EXPECT_EQ(EventOf(R"({"identifier": [{"value": "p"}], "name": [
      {"use": "nickname", "given": ["Kaldenavn"]}, {"use": "official", "given": ["A", "B"], "family": "C"}]})")
                .contact.name,
            "A B C");
  EXPECT_EQ(EventOf(R"({"identifier": [{"value": "p"}], "name": [
      {"use": "old", "family": "Gammel"}, {"text": "Helt Navn"}]})")
                .contact.name,
            "Helt Navn");
  EXPECT_EQ(EventOf(R"({"identifier": [{"value": "p"}]})").contact.name, "");
}

TEST(Patient, NumbersMailAndAddressAreThoseInUse) {
  const ward::Contact contact = EventOf(R"({"identifier": [{"value": "p"}],
      "telecom": [{"system": "phone", "use": "old", "value": "1"},
                  {"system": "phone", "use": "work", "value": "3"}, {"system": "phone", "value": "2"},
                  {"system": "sms", "value": "3"}, {"system": "fax", "value": "4"},
                  {"system": "email", "value": "a@b.example"}, {"system": "email", "value": "c@d.example"}],
      "address": [{"use": "old", "city": "Gammelby"},
                  {"line": ["Vej 1", "2. tv."], "postalCode": "9999", "city": "Nyby"}]})")
                                    .contact;
  EXPECT_THAT(contact.phone_numbers, testing::ElementsAre("2", "3"));
  EXPECT_EQ(contact.email, "a@b.example");
  EXPECT_EQ(contact.postal_address, (ward::PostalAddress{"Vej 1, 2. tv.", "9999", "Nyby"}));
}

TEST(Patient, OfManyPhoneNumbersTheFirstAreTaken) {
  Json patient = {{"identifier", Json::array({{{"value", "p"}}})}, {"telecom", Json::array()}};
  for (int number = 1; number <= 100; ++number) {
    patient["telecom"].push_back({{"system", "phone"}, {"value", std::to_string(number)}});
  }
  EXPECT_THAT(EventOf(patient.dump().c_str()).contact.phone_numbers,
              testing::ElementsAre("1", "2", "3", "4", "5", "6", "7", "8"));
}

TEST(Patient, AnAuthorityOrANameThatIsTooLongIsWrong) {
  const std::string most(200, 'x');
  Json message = Discharge();
  Patient(message)["identifier"][0]["system"] = most;
  Patient(message)["name"] = Json::array({{{"text", most}}});
  OneEvent(message);
  Patient(message)["name"][0]["text"] = most + "x";
  EXPECT_EQ(ProblemOf(message).where, "Bundle.entry[1].resource.name");
  EXPECT_EQ(ProblemOf(message).issue, Issue::kTooLong);
  Patient(message)["identifier"][0]["system"] = most + "x";
  EXPECT_EQ(ProblemOf(message).where, "Bundle.entry[1].resource.identifier[0].system");
}

TEST(Patient, ABirthDateOfLessThanADayIsNoDay) {
  EXPECT_EQ(EventOf(R"({"identifier": [{"value": "p"}], "birthDate": "1980-02"})").birth_day, std::nullopt);
}

TEST(Patient, ADeathThatIsNeitherTrueNorFalseIsWrong) {
  Json message = Discharge();
  Patient(message)["deceasedBoolean"] = "perhaps";
  EXPECT_EQ(ProblemOf(message).where, "Bundle.entry[1].resource.deceasedBoolean");
}

}  // namespace
}  // namespace envej::fhir
