#include "broker/wire/page_token.h"
#include "broker/wire/watch_token.h"
#include "tests/fuzz/fuzz_target.h"

namespace envej::fuzz {
namespace {

const char kId[] = "6d3f1c9e-0b52-4a7e-9c11-4f5e6a7b8c9d";

inbox::ListQuery Query() {
  inbox::ListQuery query;
  query.municipality_code = "0101";
  query.region_code = "1084";
  return query;
}

}  // namespace

void Try(absl::string_view bytes) {
  if (const auto token = wire::DecodeWatchToken(bytes); token.has_value()) {
    ENVEJ_FUZZ_CHECK(wire::DecodeWatchToken(wire::EncodeWatchToken(*token)) == token);
  }
  if (const auto after = wire::DecodePageToken(Query(), bytes); after.has_value()) {
    ENVEJ_FUZZ_CHECK(wire::DecodePageToken(Query(), wire::EncodePageToken(Query(), *after)) == after);
    inbox::ListQuery other = Query();
    other.region_code = "1085";
    ENVEJ_FUZZ_CHECK(!wire::DecodePageToken(other, bytes).has_value());
  }
}

std::vector<std::string> Seeds() {
  return {wire::EncodeWatchToken({.store_incarnation = std::string(16, 'i'), .next_batch = 12345}),
          wire::EncodePageToken(Query(), *contract::NoticeId::Parse(kId))};
}

}  // namespace envej::fuzz
