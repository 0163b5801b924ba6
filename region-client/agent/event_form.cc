#include "region-client/agent/event_form.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "region-client/agent/phone_number.h"
#include "region-client/ward/patient_number.h"

namespace envej::region {
namespace {

std::vector<std::string> NumbersToCall(const std::vector<std::string>& written) {
  std::vector<std::string> numbers;
  for (const std::string& each : written) {
    std::optional<std::string> number = ToE164(each);
    const bool is_new = number.has_value() && std::find(numbers.begin(), numbers.end(), *number) == numbers.end();
    if (is_new) numbers.push_back(*std::move(number));
  }
  return numbers;
}

}  // namespace

std::vector<ward::Event> InTheirForm(const std::vector<ward::Event>& said, const std::string& source,
                                     const ward::Site& site) {
  std::vector<ward::Event> events = said;
  for (ward::Event& event : events) {
    event.source = source;
    for (auto* const ids : {&event.patient, &event.merged}) {
      for (ward::PatientId& id : *ids) id = ward::InItsForm(std::move(id), site);
    }
    event.contact.phone_numbers = NumbersToCall(event.contact.phone_numbers);
  }
  return events;
}

}  // namespace envej::region
