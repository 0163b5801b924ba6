#include "region-client/agent/message_content.h"

#include <cstdint>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"

namespace envej::region {
namespace {

// Lists stand behind their lengths, and what is absent is told from what is empty.
class Parts {
 public:
  void Add(absl::string_view text) { parts_.emplace_back(text); }
  void Add(uint64_t number) { parts_.push_back(absl::StrCat(number)); }
  void Add(const std::optional<absl::Time>& at) {
    parts_.push_back(at.has_value() ? absl::StrCat(absl::ToUnixNanos(*at)) : "-");
  }
  void Add(const std::optional<absl::CivilDay>& day) {
    parts_.push_back(day.has_value() ? absl::FormatCivilTime(*day) : "-");
  }
  void AddFlag(const std::optional<bool>& said) { parts_.emplace_back(!said.has_value() ? "-" : *said ? "1" : "0"); }
  void Add(const std::vector<ward::PatientId>& ids) {
    Add(ids.size());
    for (const ward::PatientId& id : ids) {
      Add(id.authority);
      Add(id.value);
    }
  }
  void Add(const std::optional<ward::PostalAddress>& address) {
    AddFlag(address.has_value());
    if (!address.has_value()) return;
    Add(address->street);
    Add(address->postal_code);
    Add(address->city);
  }
  void Add(const ward::Contact& contact) {
    Add(contact.name);
    Add(contact.phone_numbers.size());
    for (const std::string& number : contact.phone_numbers) Add(number);
    Add(contact.email);
    Add(contact.postal_address);
    AddFlag(contact.name_and_address_protection);
  }
  void Add(const ward::Event& event) {
    Add(static_cast<uint64_t>(event.kind));
    Add(event.patient);
    Add(event.merged);
    Add(event.stay);
    Add(event.ward);
    Add(event.service);
    Add(static_cast<uint64_t>(event.patient_class));
    AddFlag(event.discharged_home);
    Add(event.happened_at);
    Add(event.recorded_at);
    Add(event.discharge_day);
    Add(event.birth_day);
    AddFlag(event.deceased);
    Add(event.contact);
  }

  std::vector<std::string> parts() && { return std::move(parts_); }

 private:
  std::vector<std::string> parts_;
};

}  // namespace

std::vector<std::string> ContentOf(const std::vector<ward::Event>& events) {
  Parts parts;
  parts.Add("events");
  parts.Add(events.size());
  for (const ward::Event& event : events) parts.Add(event);
  return std::move(parts).parts();
}

std::vector<std::string> ContentOf(const ward::v1::PatientId& patient, const ward::v1::RegisteredConsent* consent) {
  Parts parts;
  parts.Add("consent");
  parts.Add(patient.authority());
  parts.Add(patient.value());
  parts.AddFlag(consent != nullptr);
  // Serialised everywhere alike: it has no map.
  if (consent != nullptr) parts.Add(consent->SerializeAsString());
  return std::move(parts).parts();
}

}  // namespace envej::region
