#ifndef ENVEJ_REGION_CLIENT_AGENT_TELLING_H_
#define ENVEJ_REGION_CLIENT_AGENT_TELLING_H_

#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "envej/ward/v1/case.pb.h"
#include "envej/ward/v1/kept.pb.h"

namespace envej::region {

// What the ward is told of a notice, in its newest revision.
ward::v1::Telling TellingOf(ward::v1::TellingKind kind, const std::string& case_id, const ward::v1::CaseNotice& notice,
                            absl::string_view reason, absl::Time at);

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_AGENT_TELLING_H_
