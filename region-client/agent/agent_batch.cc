#include "region-client/agent/agent_batch.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "proto/contract/day.h"
#include "proto/contract/message_codec.h"
#include "proto/contract/wiping.h"
#include "region-client/agent/case_upkeep.h"
#include "region-client/agent/outgoing.h"
#include "region-client/agent/store_names.h"

namespace envej::region {
namespace {

std::set<std::string> NoticesOf(const ward::v1::Case& known) {
  std::set<std::string> ids;
  for (const ward::v1::CaseNotice& notice : known.notices()) ids.insert(notice.notice_id());
  return ids;
}

absl::Time ForgetAt(const ward::v1::AnsweredMessage& answered) {
  return contract::FromMessage(answered.answered_at()) + kAnswersKept;
}

// It lapses a year after it was given (sundhedsloven section 44); the infinite past where the citizen gave none.
absl::Time LapsesAt(const v1::Consent& consent) {
  absl::Time at = absl::InfinitePast();
  for (const v1::ConsentPart* const part : {&consent.contact(), &consent.disclosure()}) {
    const std::optional<absl::CivilDay> given = contract::ParseDay(part->given_on());
    if (!given.has_value()) continue;
    const absl::CivilDay lapses(given->year() + 1, given->month(), given->day());
    at = std::max(at, absl::FromCivil(lapses + 1, absl::UTCTimeZone()));
  }
  return at;
}

// A notice may still follow from the consent.
bool IsAwaited(const ward::v1::Case& known) {
  const ward::v1::Stay& stay = known.stay();
  return stay.counts() && !known.consent().has_withdrawn_at() &&
         (stay.state() == ward::v1::STAY_STATE_ADMITTED || stay.state() == ward::v1::STAY_STATE_DISCHARGE_PLANNED);
}

}  // namespace

absl::Time EraseAt(const ward::v1::Case& known) {
  const absl::Time touched = contract::FromMessage(known.touched_at());
  if (!known.has_consent()) return touched + kWithoutConsentKept;
  absl::Time last = contract::FromMessage(known.consent().registered_at());
  if (known.consent().has_withdrawn_at()) last = std::max(last, contract::FromMessage(known.consent().withdrawn_at()));
  absl::CivilDay discharge;
  if (absl::ParseCivilTime(known.stay().discharge_date(), &discharge)) {
    last = std::max(last, absl::FromCivil(discharge + 1, absl::UTCTimeZone()));
  }
  for (const ward::v1::CaseNotice& notice : known.notices()) {
    last = std::max(last, contract::FromMessage(notice.changed_at()));
  }
  const absl::Time at = last + kCaseKept;
  return IsAwaited(known) ? std::max(at, LapsesAt(known.consent().consent())) : at;
}

void AgentBatch::PutCase(const std::string& case_id, const std::optional<ward::v1::Case>& before,
                         const ward::v1::Case& after) {
  if (before.has_value()) {
    const std::set<std::string> still = NoticesOf(after);
    for (const std::string& notice : NoticesOf(*before)) {
      if (!still.contains(notice)) Delete(KeyOf(KeyKind::kNotice, notice));
    }
    Delete(TimedKey(KeyKind::kEraseAt, EraseAt(*before), case_id));
    Delete(TimedKey(KeyKind::kLookAt, LookAt(*before), case_id));
  } else {
    ++cases_;
  }
  for (const std::string& notice : NoticesOf(after)) Put(KeyOf(KeyKind::kNotice, notice), case_id);
  Put(TimedKey(KeyKind::kEraseAt, EraseAt(after), case_id), "");
  const absl::Time look_at = LookAt(after);
  if (look_at < absl::InfiniteFuture()) Put(TimedKey(KeyKind::kLookAt, look_at, case_id), "");
  PutSealed(KeyOf(KeyKind::kCase, case_id), after);
}

void AgentBatch::EraseCase(const std::string& case_id, const ward::v1::Case& before) {
  for (const std::string& notice : NoticesOf(before)) Delete(KeyOf(KeyKind::kNotice, notice));
  Delete(TimedKey(KeyKind::kEraseAt, EraseAt(before), case_id));
  Delete(TimedKey(KeyKind::kLookAt, LookAt(before), case_id));
  Delete(KeyOf(KeyKind::kCase, case_id));
  --cases_;
}

void AgentBatch::PutPatient(const ward::v1::PatientId& patient, const std::string& case_id) {
  const std::vector<std::string> names = NamesOfPatient(at_rest_, patient);
  Put(KeyOf(KeyKind::kPatient, names.front()), case_id);
  for (size_t former = 1; former < names.size(); ++former) Delete(KeyOf(KeyKind::kPatient, names[former]));
}

void AgentBatch::ForgetPatient(const ward::v1::PatientId& patient) {
  for (const std::string& name : NamesOfPatient(at_rest_, patient)) Delete(KeyOf(KeyKind::kPatient, name));
}

void AgentBatch::AddOutgoing(const ward::v1::Outgoing& outgoing) {
  const uint64_t number = next_outgoing_++;
  PutSealed(NumberedKey(KeyKind::kOutgoing, number), outgoing);
  outbox_changes_.push_back(
      {.notice_id = NoticeOf(outgoing), .number = number, .added = true, .withdraws = outgoing.has_withdraw()});
}

void AgentBatch::ReplaceOutgoing(uint64_t number, const ward::v1::Outgoing& outgoing) {
  PutSealed(NumberedKey(KeyKind::kOutgoing, number), outgoing);
}

void AgentBatch::RemoveOutgoing(const std::string& notice_id, uint64_t number) {
  Delete(NumberedKey(KeyKind::kOutgoing, number));
  outbox_changes_.push_back({.notice_id = notice_id, .number = number, .added = false});
}

int64_t AgentBatch::more_outgoing() const {
  int64_t more = 0;
  bool only_withdraws = true;
  for (const OutboxChange& change : outbox_changes_) {
    more += change.added ? 1 : -1;
    only_withdraws &= !change.added || change.withdraws;
  }
  return only_withdraws ? 0 : more;
}

void AgentBatch::PutAnswered(absl::string_view source, absl::string_view message_id,
                             const std::optional<ward::v1::AnsweredMessage>& before,
                             const ward::v1::AnsweredMessage& after) {
  const std::vector<std::string> names = NamesOfMessage(at_rest_, source, message_id);
  if (before.has_value()) {
    for (const std::string& name : names) {
      Delete(KeyOf(KeyKind::kAnswered, name));
      Delete(TimedKey(KeyKind::kForgetAt, ForgetAt(*before), name));
    }
  }
  PutSealed(KeyOf(KeyKind::kAnswered, names.front()), after);
  Put(TimedKey(KeyKind::kForgetAt, ForgetAt(after), names.front()), "");
}

void AgentBatch::AddTelling(const ward::v1::Telling& telling) {
  PutSealed(NumberedKey(KeyKind::kTelling, next_telling_++), telling);
}

void AgentBatch::RemoveTelling(uint64_t number) { Delete(NumberedKey(KeyKind::kTelling, number)); }

void AgentBatch::PutToldUpTo(absl::string_view way, uint64_t number) {
  Put(KeyOf(KeyKind::kToldUpTo, way), EncodeCount(number));
}

void AgentBatch::Count(absl::CivilDay day, absl::string_view reason) {
  Keep(writes_.Merge(KeyOf(KeyKind::kCount, absl::StrCat(absl::FormatCivilTime(day), reason)), EncodeCount(1)));
}

void AgentBatch::CountRefused(absl::CivilDay day, absl::string_view source, absl::string_view reason, uint64_t count) {
  std::string name = absl::StrCat(absl::FormatCivilTime(day), source);
  name += kCountSeparator;
  Keep(writes_.Merge(KeyOf(KeyKind::kRefused, absl::StrCat(name, reason)), EncodeCount(count)));
}

void AgentBatch::PutWatchToken(const std::string& token) { Put(KeyOf(KeyKind::kWatch), token); }

void AgentBatch::PutMunicipalities(const v1::ListMunicipalitiesResponse& municipalities) {
  Put(KeyOf(KeyKind::kMunicipalities), municipalities.SerializeAsString());
}

void AgentBatch::Put(const std::string& key, absl::string_view value) {
  Keep(writes_.Put(key, rocksdb::Slice(value.data(), value.size())));
}

void AgentBatch::PutSealed(const std::string& key, const google::protobuf::MessageLite& message) {
  std::string plain = message.SerializeAsString();
  const absl::StatusOr<std::string> sealed = at_rest_.Seal(key, plain);
  contract::Wipe(plain);
  if (sealed.ok()) return Put(key, *sealed);
  status_.Update(sealed.status());
}

void AgentBatch::Delete(const std::string& key) { Keep(writes_.Delete(key)); }

void AgentBatch::Keep(const rocksdb::Status& status) {
  if (!status.ok()) status_.Update(absl::InternalError(absl::StrCat("cannot make a batch: ", status.ToString())));
}

}  // namespace envej::region
