#include "proto/contract/wiping.h"

#include <google/protobuf/arena.h>
#include <google/protobuf/unknown_field_set.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "envej/v1/intake_service.pb.h"

namespace envej::contract {
namespace {

constexpr char kLong[] = "a text that is too long to stand in the string itself";

// What a text's memory is now, wherever it is.
class Watched {
 public:
  explicit Watched(const std::string& text) : bytes_(text.data(), text.size()) {}
  bool is_wiped() const {
    return std::all_of(bytes_.begin(), bytes_.end(), [](char byte) { return byte == '\0'; });
  }

 private:
  absl::string_view bytes_;
};

TEST(WipingTest, ATextIsOverwrittenWithAllItsRoom) {
  std::string text(kLong);
  const Watched whole(text);
  text.resize(3);
  Wipe(text);
  EXPECT_TRUE(text.empty());
  EXPECT_TRUE(whole.is_wiped());
}

TEST(WipingTest, AMessageIsOverwrittenWithAllItsParts) {
  google::protobuf::Arena arena;  // keeps what the message lets go of, so that it can be looked at
  auto& batch = *google::protobuf::Arena::CreateMessage<v1::SubmitNoticesRequest>(&arena);
  std::vector<Watched> texts;
  for (int count = 0; count < 2; ++count) {
    v1::Notice& notice = *batch.add_notices();
    notice.mutable_envelope()->set_notice_id(kLong);
    notice.mutable_envelope()->mutable_consent()->mutable_contact()->set_given_on(kLong);
    v1::Citizen& citizen = *notice.mutable_citizen();
    citizen.set_name(kLong);
    citizen.add_phone_numbers(kLong);
    citizen.add_phone_numbers(kLong);
    citizen.mutable_postal_address()->set_city(kLong);
    texts.insert(texts.end(),
                 {Watched(notice.envelope().notice_id()), Watched(notice.envelope().consent().contact().given_on()),
                  Watched(citizen.name()), Watched(citizen.phone_numbers(0)), Watched(citizen.phone_numbers(1)),
                  Watched(citizen.postal_address().city())});
  }
  Wipe(batch);
  EXPECT_EQ(batch.notices_size(), 0);
  for (size_t place = 0; place < texts.size(); ++place) EXPECT_TRUE(texts[place].is_wiped()) << place;
}

TEST(WipingTest, ANoticesTextsAreOverwritten) {
  Notice notice;
  notice.envelope.emplace().notice_id = kLong;
  Citizen& citizen = notice.citizen.emplace();
  citizen.name = kLong;
  citizen.email = "short";
  Wipe(notice);
  EXPECT_FALSE(notice.envelope.has_value());
  EXPECT_FALSE(notice.citizen.has_value());
}

TEST(WipingTest, WhatGoesOutOfScopeIsWiped) {
  std::string text(kLong);
  const Watched whole(text);
  { const WipeAtEnd wipe(text); }
  EXPECT_TRUE(whole.is_wiped());
}

}  // namespace
}  // namespace envej::contract
