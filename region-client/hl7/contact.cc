#include "region-client/hl7/contact.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace envej::hl7 {
namespace {

constexpr int kName = 5;
constexpr int kAddress = 11;
constexpr int kTelephones = 13;
constexpr int kTelephonesAtWork = 14;
constexpr int kAllTelephones = 40;  // from 2.7 on

// One repetition of a field of PID.
class Repetition {
 public:
  Repetition(const Message& message, int field, int repetition)
      : message_(message), place_{.segment = "PID", .field = field, .repetition = repetition} {}

  std::string Component(int component, int subcomponent = 0) const {
    Place place = place_;
    place.component = component;
    place.subcomponent = subcomponent;
    return message_.Text(place);
  }

 private:
  const Message& message_;
  const Place place_;
};

std::vector<Repetition> RepetitionsOf(const Message& message, int field) {
  std::vector<Repetition> repetitions;
  for (int at = 1; at <= message.Repetitions("PID", field); ++at) repetitions.emplace_back(message, field, at);
  return repetitions;
}

std::string JoinWords(const std::vector<std::string>& texts) {
  std::vector<absl::string_view> words;
  for (const std::string& text : texts) {
    for (const absl::string_view word : absl::StrSplit(text, ' ', absl::SkipWhitespace())) words.push_back(word);
  }
  return absl::StrJoin(words, " ");
}

// XPN: family, given, further given names; 7 the type (table 0200).
std::string ReadName(const Message& message) {
  const std::vector<Repetition> names = RepetitionsOf(message, kName);
  if (names.empty()) return "";
  const auto legal =
      std::find_if(names.begin(), names.end(), [](const Repetition& name) { return name.Component(7) == "L"; });
  const Repetition& name = legal == names.end() ? names.front() : *legal;
  return JoinWords({name.Component(2), name.Component(3), name.Component(1)});
}

// XAD: 1 street, of which 2.5 makes an address line, street and number; 3 city, 5 postal code, 7 the type (table 0190).
std::optional<ward::PostalAddress> ReadAddress(const Message& message) {
  static const auto* const kNotWhereOneLives =
      new std::set<std::string>{"B", "BA", "BDL", "BI", "BR", "F", "N", "O", "RH", "S"};
  for (const Repetition& address : RepetitionsOf(message, kAddress)) {
    if (kNotWhereOneLives->count(address.Component(7)) > 0) continue;
    std::string street = address.Component(1);
    if (street.empty()) street = JoinWords({address.Component(1, 2), address.Component(1, 3)});
    ward::PostalAddress found{
        .street = std::move(street), .postal_code = address.Component(5), .city = address.Component(3)};
    if (found != ward::PostalAddress{}) return found;
  }
  return std::nullopt;
}

// By XTN.2 (table 0201) and XTN.3 (table 0202): whoever answers there is somebody else, as who is to be called in an
// emergency, or nobody, as a pager.
bool IsCitizens(const std::string& use, const std::string& equipment, bool also_at_work) {
  static const auto* const kOthers = new std::set<std::string>{"ASN", "BPN", "EMR"};
  static const auto* const kNoTelephones = new std::set<std::string>{"BP", "FX", "MD", "X.400"};
  return kOthers->count(use) == 0 && kNoTelephones->count(equipment) == 0 && (also_at_work || use != "WPN");
}

// XTN: 1 the number as text, from 2.7 on 12; 2 the use, 3 the equipment, 4 an e-mail address; 5 to 7 country, area and
// number.
void AddTelephone(const Repetition& telephone, bool also_at_work, ward::Contact& contact) {
  const std::string use = telephone.Component(2);
  const std::string equipment = telephone.Component(3);
  if (use == "NET" || equipment == "Internet") {
    std::string email = telephone.Component(4);
    if (email.empty()) email = telephone.Component(1);
    if (contact.email.empty() && absl::StrContains(email, '@')) contact.email = std::move(email);
    return;
  }
  if (!IsCitizens(use, equipment, also_at_work)) return;
  std::string number = telephone.Component(1);
  if (number.empty()) number = telephone.Component(12);
  if (number.empty()) {
    const std::string country = telephone.Component(5);
    const absl::string_view plus = country.empty() || country[0] == '+' ? "" : "+";
    number = JoinWords({absl::StrCat(plus, country), telephone.Component(6), telephone.Component(7)});
  }
  const std::vector<std::string>& known = contact.phone_numbers;
  if (number.empty() || std::find(known.begin(), known.end(), number) != known.end()) return;
  contact.phone_numbers.push_back(std::move(number));
}

bool SaysNone(const Message& message, int field) {
  return message.IsExplicitlyNothing({.segment = "PID", .field = field});
}

}  // namespace

ward::Contact ReadContact(const Message& message, bool also_at_work) {
  ward::Contact contact;
  contact.name = ReadName(message);
  contact.postal_address = ReadAddress(message);
  for (const int field : {kTelephones, kTelephonesAtWork, kAllTelephones}) {
    if (field == kTelephonesAtWork && !also_at_work) continue;
    for (const Repetition& telephone : RepetitionsOf(message, field)) AddTelephone(telephone, also_at_work, contact);
  }
  contact.has_no_phone_number =
      contact.phone_numbers.empty() && (SaysNone(message, kTelephones) || SaysNone(message, kAllTelephones));
  return contact;
}

}  // namespace envej::hl7
