#include "region-client/output.h"

#include "proto/contract/message_codec.h"

namespace envej::region {

std::string FormatTimestamp(bool present, const google::protobuf::Timestamp& time, const absl::TimeZone& zone) {
  return present ? absl::FormatTime("%Y-%m-%d %H:%M:%S", contract::FromMessage(time), zone) : "-";
}

}  // namespace envej::region
