#include "region-client/fhir/patient.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "proto/contract/text_rules.h"
#include "region-client/ward/text_bounds.h"

namespace envej::fhir {
namespace {

constexpr size_t kPhoneNumbersMost = 8;

void CheckLength(const Place& place, absl::string_view text, size_t characters_most) {
  const std::optional<size_t> characters = contract::CountCharacters(text);
  if (!characters.has_value() || *characters > characters_most) {
    place.Wrong(Issue::kTooLong, absl::StrCat("is longer than ", characters_most, " characters"));
  }
}

void ReadIdentifiers(const Place& patient, ward::Event& event) {
  for (const Place& identifier : patient.All("identifier")) {
    std::string value = identifier.Text("value");
    if (value.empty()) continue;
    CheckLength(identifier.Only("system"), identifier.Text("system"), ward::kAuthorityCharacters);
    event.patient.push_back({.authority = identifier.Text("system"), .value = std::move(value)});
  }
  if (event.patient.empty()) patient.Absent("identifier").Wrong(Issue::kRequired, "is missing");
}

bool IsOld(const Place& element) { return element.Text("use") == "old"; }

std::vector<std::string> Texts(const std::vector<Place>& places) {
  std::vector<std::string> texts;
  for (const Place& place : places) {
    if (!place.Value().empty()) texts.emplace_back(place.Value());
  }
  return texts;
}

std::string WholeName(const Place& name) {
  std::vector<std::string> parts = Texts(name.All("given"));
  if (std::string family = name.Text("family"); !family.empty()) parts.push_back(std::move(family));
  return parts.empty() ? name.Text("text") : absl::StrJoin(parts, " ");
}

// The official name, or else the first that is not old.
std::string Name(const Place& patient) {
  std::string first;
  for (const Place& name : patient.All("name")) {
    if (IsOld(name)) continue;
    if (name.Text("use") == "official") return WholeName(name);
    if (first.empty()) first = WholeName(name);
  }
  return first;
}

void ReadTelecom(const Place& patient, ward::Contact& contact) {
  for (const Place& telecom : patient.All("telecom")) {
    const std::string system = telecom.Text("system");
    std::string value = telecom.Text("value");
    if (IsOld(telecom) || telecom.Text("use") == "work" || value.empty()) continue;
    if (system == "phone" || system == "sms") {
      if (contact.phone_numbers.size() < kPhoneNumbersMost) contact.phone_numbers.push_back(std::move(value));
    } else if (system == "email" && contact.email.empty()) {
      contact.email = std::move(value);
    }
  }
}

void ReadAddress(const Place& patient, ward::Contact& contact) {
  for (const Place& address : patient.All("address")) {
    if (IsOld(address)) continue;
    contact.postal_address = ward::PostalAddress{.street = absl::StrJoin(Texts(address.All("line")), ", "),
                                                 .postal_code = address.Text("postalCode"),
                                                 .city = address.Text("city")};
    return;
  }
}

}  // namespace

void ReadPatient(const Place& patient, const absl::TimeZone& copenhagen, ward::Event& event) {
  ReadIdentifiers(patient, event);
  if (const auto birth = patient.DateTime("birthDate"); birth.has_value()) event.birth_day = birth->DayIn(copenhagen);
  event.deceased = patient.Boolean("deceasedBoolean");
  if (patient.DateTime("deceasedDateTime").has_value()) event.deceased = true;
  event.contact.name = Name(patient);
  CheckLength(patient.Absent("name"), event.contact.name, ward::kNameCharacters);
  ReadTelecom(patient, event.contact);
  ReadAddress(patient, event.contact);
}

}  // namespace envej::fhir
