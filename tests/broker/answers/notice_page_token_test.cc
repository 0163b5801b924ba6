#include "broker/answers/notice_page_token.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

namespace envej::answers {
namespace {

using Request = v1::ListOperationsNoticesRequest;

store::NoticeKey After() {
  return {.municipality_code = "0101",
          .region_code = "1081",
          .id = *contract::NoticeId::Parse("0f8fad5b-d9cb-469f-a165-70867728950e")};
}

Request Filters() {
  Request request;
  request.set_municipality_code("0101");
  request.set_region_code("1081");
  request.add_states(v1::NOTICE_STATE_WAITING);
  request.mutable_age_at_least()->set_seconds(60);
  return request;
}

TEST(NoticePageToken, LeadsOnAfterANoticeWhateverTheSizeOfThePage) {
  Request request = Filters();
  const std::string token = EncodeNoticePageToken(request, After());
  request.set_page_size(7);
  request.set_page_token(token);
  EXPECT_EQ(DecodeNoticePageToken(request, token), After());
}

TEST(NoticePageToken, OfOtherFiltersIsNone) {
  const std::string token = EncodeNoticePageToken(Filters(), After());
  const std::vector<std::function<void(Request&)>> changes = {
      [](Request& request) { request.clear_municipality_code(); },
      [](Request& request) { request.set_region_code("1082"); },
      [](Request& request) { request.add_states(v1::NOTICE_STATE_LEASED); },
      [](Request& request) { request.clear_states(); },
      [](Request& request) { request.set_late_only(true); },
      [](Request& request) { request.mutable_age_at_least()->set_seconds(61); },
      [](Request& request) { request.mutable_age_at_least()->set_nanos(1); },
  };
  for (const auto& change : changes) {
    Request request = Filters();
    change(request);
    EXPECT_FALSE(DecodeNoticePageToken(request, token).has_value()) << request.ShortDebugString();
  }
}

TEST(NoticePageToken, OfWhatIsLateLeadsOnAfterItsPlaceThere) {
  Request request = Filters();
  request.set_late_only(true);
  const operations::LateNotice late{.entered_at = absl::FromUnixMicros(1'800'000'000'000'001), .notice = After()};
  const std::string token = EncodeLatePageToken(request, late);
  EXPECT_EQ(DecodeLatePageToken(request, token), late);
  EXPECT_FALSE(DecodeLatePageToken(Filters(), token).has_value());
  EXPECT_FALSE(DecodeLatePageToken(request, EncodeNoticePageToken(request, After())).has_value()) << "of another order";
  EXPECT_FALSE(DecodeNoticePageToken(request, token).has_value());
  EXPECT_FALSE(DecodeLatePageToken(request, "garbage").has_value());
}

TEST(NoticePageToken, GarbageIsNone) {
  const std::string token = EncodeNoticePageToken(Filters(), After());
  for (const std::string& garbage : {std::string("x"), token.substr(1), token.substr(0, 20), token + "AAAA",
                                     std::string(200, 'A'), std::string("%")}) {
    EXPECT_FALSE(DecodeNoticePageToken(Filters(), garbage).has_value()) << garbage;
  }
}

}  // namespace
}  // namespace envej::answers
