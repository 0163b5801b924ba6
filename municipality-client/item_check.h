#ifndef ENVEJ_MUNICIPALITY_CLIENT_ITEM_CHECK_H_
#define ENVEJ_MUNICIPALITY_CLIENT_ITEM_CHECK_H_

#include <optional>
#include <vector>

#include "absl/strings/string_view.h"
#include "envej/v1/inbox_service.pb.h"
#include "municipality-client/notice_folder.h"
#include "proto/contract/notice_rules.h"

namespace envej::municipality_client {

// Why an item is returned rather than kept.
struct ReturnCause {
  v1::ReturnReason reason = v1::RETURN_REASON_UNSPECIFIED;
  std::vector<contract::Reason> rules;  // those broken, where the contract names them
};

// What to do with an item: keep `arrival`, or return it for `cause`. Exactly one is there.
struct Verdict {
  std::optional<Arrival> arrival;
  std::optional<ReturnCause> cause;
};

// Judges an item of `municipality_code`'s inbox, trusting nobody on the way: only kinds that this program handles, only
// content that it can open, only for this municipality and under the name that its lease has, and the content's rules
// as the sender had to keep them. Rules that depend on the day are not applied again: time passes in an inbox. Of a
// withdrawal, that it says why is all that is asked for: a reason that this program does not know is one.
//
// A notice's content has been opened; of a withdrawal what was signed has been held against it.
Verdict CheckItem(const v1::InboxItem& item, absl::string_view municipality_code, const contract::Moment& moment);

}  // namespace envej::municipality_client

#endif  // ENVEJ_MUNICIPALITY_CLIENT_ITEM_CHECK_H_
