#include "tests/privacy/patients.h"

#include <algorithm>
#include <array>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"

namespace envej::privacy {
namespace {

constexpr std::array<const char*, 10> kOfNotes = {"zwø", "qvå", "xyæ", "wrå", "zjø", "qlæ", "xnå", "wgø", "zpæ", "qtå"};

std::string Note(size_t number) {
  std::string note;
  size_t digits = (number * 6173 + 4321) % 10000;
  for (int count = 0; count < 4; ++count) {
    absl::StrAppend(&note, kOfNotes[digits % 10]);
    digits /= 10;
  }
  return note;
}

}  // namespace

const Patient& Patients::On(const std::string& path) {
  const size_t which = patients_.size();
  const Person& person = people_.On(path);
  const std::string word = Note(which);
  const std::string digits = absl::StrFormat("%06d", (417'000 + which * 7919) % 1'000'000);
  auto patient = std::make_unique<Patient>();
  patient->name = std::string(absl::StripPrefix(person.name, "Åse "));
  patient->phone = absl::StrCat("+4520", digits);
  patient->email = person.email;
  patient->street = person.street;
  patient->number = absl::StrFormat("009%07d", (4'321'987 + which * 791'977) % 10'000'000);
  patient->clinical = absl::StrCat("har ", word, " i dag");
  identifiers_.push_back({path, "phone number", absl::StrCat("4520", digits)});
  identifiers_.push_back({path, "number", patient->number});
  for (const Marker& marker : people_.markers()) {
    if (marker.path == path && marker.kind != "phone number") identifiers_.push_back(marker);
  }
  clinical_.push_back({path, "clinical text", word});
  patients_.push_back(std::move(patient));
  return *patients_.back();
}

std::vector<Marker> Patients::IdentifiersOf(const std::set<std::string>& paths) const {
  std::vector<Marker> those;
  std::copy_if(identifiers_.begin(), identifiers_.end(), std::back_inserter(those),
               [&](const Marker& marker) { return paths.contains(marker.path); });
  return those;
}

std::vector<Marker> Patients::All() const {
  std::vector<Marker> all = identifiers_;
  all.insert(all.end(), clinical_.begin(), clinical_.end());
  return all;
}

}  // namespace envej::privacy
