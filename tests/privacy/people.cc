#include "tests/privacy/people.h"

#include <array>
#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tests/support/notice_messages.h"

namespace envej::privacy {
namespace {

using Syllables = std::array<const char*, 10>;

constexpr Syllables kOfNames = {"dræ", "fjå", "gnø", "hvæ", "kjø", "mlå", "njæ", "rgå", "svø", "tjæ"};
constexpr Syllables kOfStreets = {"blø", "drå", "flæ", "grø", "klå", "præ", "skø", "slå", "træ", "vrø"};
constexpr Syllables kOfEmails = {"zubo", "keqa", "vyxi", "xowu", "jaqo", "qiwy", "wuzi", "yxek", "zoqu", "xyvo"};

// A word for each number, whose four digits are spread so that neighbours have little in common.
std::string Word(const Syllables& syllables, size_t number) {
  std::string word;
  size_t digits = (number * 7919 + 1234) % 10000;
  for (int count = 0; count < 4; ++count) {
    absl::StrAppend(&word, syllables[digits % 10]);
    digits /= 10;
  }
  return word;
}

}  // namespace

const Person& People::On(const std::string& path) {
  const size_t number = people_.size();
  const std::string surname = Word(kOfNames, number);
  const std::string street = Word(kOfStreets, number);
  const std::string mailbox = Word(kOfEmails, number);
  const std::string phone = absl::StrFormat("30%09d", 417'000'000 + number * 7919 % 10000);
  auto person = std::make_unique<OnPath>();
  person->path = path;
  person->person = {.name = absl::StrCat("Åse ", surname),
                    .phone = absl::StrCat("+49", phone),
                    .email = absl::StrCat(mailbox, "@example.dk"),
                    .street = absl::StrCat(street, "vej 7, 2. th.")};
  person->markers = {{path, "name", surname},
                     {path, "phone number", phone},
                     {path, "e-mail address", mailbox},
                     {path, "street", street}};
  people_.push_back(std::move(person));
  return people_.back()->person;
}

v1::Notice People::NoticeOn(const std::string& path, absl::string_view municipality_code) {
  const Person& person = On(path);
  v1::Notice notice = support::NewNotice(municipality_code);
  v1::Citizen& citizen = *notice.mutable_citizen();
  citizen.set_name(person.name);
  citizen.clear_phone_numbers();
  citizen.add_phone_numbers(person.phone);
  citizen.set_email(person.email);
  citizen.mutable_postal_address()->set_street(person.street);
  return notice;
}

std::vector<Marker> People::markers() const {
  std::vector<Marker> markers;
  for (const auto& person : people_) markers.insert(markers.end(), person->markers.begin(), person->markers.end());
  return markers;
}

}  // namespace envej::privacy
