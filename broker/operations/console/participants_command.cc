#include "broker/operations/console/participants_command.h"

#include <algorithm>
#include <map>
#include <optional>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "broker/operations/console/broker_calls.h"
#include "broker/operations/console/figures.h"
#include "broker/operations/console/table.h"
#include "proto/contract/message_codec.h"
#include "proto/contract/printable.h"

namespace envej::console {
namespace {

using Time = google::protobuf::Timestamp;

bool Precedes(const Time& left, const Time& right) {
  return contract::FromMessage(left) < contract::FromMessage(right);
}

// When the first of the certificates now in use expires: of each of a participant's systems, the one seen last, as
// those that were renewed are among them.
std::optional<Time> FirstExpiry(const v1::Participant& participant) {
  std::map<std::string, const v1::SeenCertificate*> in_use;  // by origin
  for (const v1::SeenCertificate& certificate : participant.certificates()) {
    const v1::SeenCertificate*& newest = in_use[certificate.origin()];
    if (newest == nullptr || Precedes(newest->last_seen_at(), certificate.last_seen_at())) newest = &certificate;
  }
  std::optional<Time> first;
  for (const auto& [origin, certificate] : in_use) {
    if (!first.has_value() || Precedes(certificate->expires_at(), *first)) first = certificate->expires_at();
  }
  return first;
}

std::optional<Time> LastSeen(const v1::Participant& participant) {
  std::optional<Time> last;
  for (const v1::SeenCertificate& certificate : participant.certificates()) {
    if (!last.has_value() || Precedes(*last, certificate.last_seen_at())) last = certificate.last_seen_at();
  }
  return last;
}

std::optional<Time> FirstInboxExpiry(const v1::Participant& participant) {
  if (participant.inbox_certificates_expire_at().empty()) return std::nullopt;
  return participant.inbox_certificates_expire_at(0);
}

struct Standing {
  std::vector<std::string> words;
  Emphasis emphasis = Emphasis::kPlain;
};

void AddExpiry(const std::optional<Time>& expiry, absl::string_view what, absl::Time now, Standing& standing) {
  if (!expiry.has_value()) return;
  const absl::Time at = contract::FromMessage(*expiry);
  if (at > now + kSoon) return;
  standing.words.push_back(absl::StrCat(what, at <= now ? " has expired" : " expires soon"));
  standing.emphasis = at <= now ? Emphasis::kTrouble : std::max(standing.emphasis, Emphasis::kWarning);
}

Standing StandingOf(const v1::Participant& participant, absl::Time now) {
  Standing standing;
  if (participant.suspended()) {
    standing.words.push_back(participant.suspended_in_register() ? "suspended in the register" : "suspended");
    standing.emphasis = Emphasis::kWarning;
  }
  if (participant.left_register()) standing.words.push_back("has left the register");
  AddExpiry(FirstExpiry(participant), "certificate", now, standing);
  AddExpiry(FirstInboxExpiry(participant), "inbox certificate", now, standing);
  return standing;
}

// By which events say who did something.
std::string Fingerprints(const v1::Participant& participant) {
  return absl::StrJoin(participant.certificates(), " ", [](std::string* text, const v1::SeenCertificate& certificate) {
    absl::StrAppend(text, certificate.fingerprint());
  });
}

std::string PhoneOf(const v1::Participant& participant) {
  if (!participant.has_on_call()) return "";
  return absl::StrCat(participant.on_call().phone_number(), " ", participant.on_call().name());
}

}  // namespace

ExitCode ListParticipants(const CommandContext& context) {
  v1::ListParticipantsResponse answer;
  const grpc::Status status = Ask(context, &Stub::ListParticipants, v1::ListParticipantsRequest(), answer);
  if (!status.ok()) return ReportFailure(status, context);
  if (context.output == OutputForm::kJson) {
    WriteJson(answer, context.streams);
    return ExitCode::kDone;
  }
  const absl::Time now = context.surroundings.now();
  const auto time = [&](const std::optional<Time>& at) {
    return at.has_value() ? LocalTimeAndAgo(true, *at, context.copenhagen, now) : std::string();
  };
  Table table({{"PARTICIPANT"},
               {"NAME"},
               {"STANDING"},
               {"LAST SEEN"},
               {"CERTIFICATE EXPIRES"},
               {"INBOX CERTIFICATE EXPIRES"},
               {"ON CALL"},
               {"CERTIFICATES"}});
  for (const v1::Participant& participant : answer.participants()) {
    const Standing standing = StandingOf(participant, now);
    table.Add({participant.participant(), participant.name(),
               standing.words.empty() ? "good" : absl::StrJoin(standing.words, ", "), time(LastSeen(participant)),
               participant.certificates().empty() ? "not known" : time(FirstExpiry(participant)),
               time(FirstInboxExpiry(participant)), PhoneOf(participant), Fingerprints(participant)},
              standing.emphasis);
  }
  table.Write(context.streams);
  return ExitCode::kDone;
}

ExitCode SuspendParticipant(const std::string& participant, const CommandContext& context) {
  v1::SuspendParticipantRequest request;
  request.set_participant(participant);
  v1::SuspendParticipantResponse answer;
  const grpc::Status status = Ask(context, &Stub::SuspendParticipant, request, answer);
  if (!status.ok()) return ReportFailure(status, context);
  if (context.output == OutputForm::kJson) {
    WriteJson(answer, context.streams);
    return ExitCode::kDone;
  }
  context.streams.out << "suspended: " << participant << ", since "
                      << LocalTimeAndAgo(answer.has_suspended_at(), answer.suspended_at(), context.copenhagen,
                                         context.surroundings.now())
                      << "; every call of it is refused until `envej-ops resume " << participant << "`\n";
  return ExitCode::kDone;
}

ExitCode ResumeParticipant(const std::string& participant, const CommandContext& context) {
  v1::ResumeParticipantRequest request;
  request.set_participant(participant);
  v1::ResumeParticipantResponse answer;
  int attempts = 0;
  const grpc::Status status = Ask(context, &Stub::ResumeParticipant, request, answer, &attempts);
  if (!status.ok()) return ReportFailure(status, context);
  if (context.output == OutputForm::kJson) {
    WriteJson(answer, context.streams);
  } else if (answer.was_suspended() || attempts > 1) {
    context.streams.out << "resumed: " << participant << '\n';
  } else {
    context.streams.out << "nothing to do: " << participant << " was not suspended\n";
  }
  return ExitCode::kDone;
}

}  // namespace envej::console
