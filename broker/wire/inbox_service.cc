#include "broker/wire/inbox_service.h"

#include <utility>

#include "broker/wire/inbox_messages.h"
#include "broker/wire/refusals.h"
#include "proto/contract/limits.h"
#include "proto/contract/message_codec.h"
#include "proto/contract/rejection.h"

namespace envej::wire {
namespace {

using admission::Method;
using contract::Reason;

// Writes each time or refusal into its result; the places of those that were asked for are given. The first error that
// is no refusal is the store's, and fails the whole call, which may be repeated.
template <typename Results, typename SetTime>
absl::Status WriteOutcomes(const std::vector<absl::StatusOr<absl::Time>>& times, const std::vector<int>& places,
                           const Refusals& refusals, const Caller& caller, Results& results, SetTime set_time) {
  for (size_t index = 0; index < times.size(); ++index) {
    auto& result = *results.Mutable(places[index]);
    const absl::Status& status = times[index].status();
    if (status.ok()) {
      set_time(result, contract::ToMessage(*times[index]));
    } else if (std::optional<v1::Rejection> rejection = refusals.OfItem(caller, status)) {
      *result.mutable_rejected() = *std::move(rejection);
    } else {
      return status;
    }
  }
  return absl::OkStatus();
}

// The leases of a request that may exist, with a result for each; the others are refused at once.
template <typename Results>
std::pair<std::vector<inbox::LeaseName>, std::vector<int>> ReadLeases(
    const google::protobuf::RepeatedPtrField<v1::LeaseName>& messages, const Refusals& refusals, const Caller& caller,
    Results& results) {
  std::pair<std::vector<inbox::LeaseName>, std::vector<int>> read;
  for (const v1::LeaseName& message : messages) {
    auto& result = *results.Add();
    *result.mutable_lease() = message;
    if (std::optional<inbox::LeaseName> lease = ToLeaseName(message)) {
      read.first.push_back(*std::move(lease));
      read.second.push_back(results.size() - 1);
    } else {
      *result.mutable_rejected() = *refusals.OfItem(caller, contract::Refusal(Reason::kNoticeNotFound));
    }
  }
  return read;
}

// Once it is known that the caller's is the inbox.
inbox::InboxCaller InboxCallerOf(const Caller& caller) {
  return {.municipality_code = caller.identity.code, .actor = caller.certificate.fingerprint()};
}

}  // namespace

absl::StatusOr<Caller> InboxService::Enter(grpc::CallbackServerContext& context, Method method,
                                           const std::string& municipality_code) const {
  absl::StatusOr<Caller> caller = gate_.Enter(context, method);
  if (!caller.ok()) return caller;
  const std::optional<contract::Rejection> rejection =
      caller->trust->admission().OwnInbox(caller->identity, municipality_code);
  if (rejection.has_value()) return refusals_.Counted(*caller, contract::ToStatus(*rejection));
  return caller;
}

absl::Status InboxService::AdmitBatch(const Caller& caller, int size, absl::string_view field) const {
  if (size == 0) return contract::Refusal(Reason::kBatchEmpty, field);
  if (size > contract::kBatchNotices) return contract::Refusal(Reason::kBatchTooLarge, field);
  return gate_.share().AdmitBatch(caller, static_cast<size_t>(size));
}

grpc::ServerUnaryReactor* InboxService::PullNotices(grpc::CallbackServerContext* context,
                                                    const v1::PullNoticesRequest* request,
                                                    v1::PullNoticesResponse* response) {
  const absl::StatusOr<Caller> caller = Enter(*context, Method::kPullNotices, request->municipality_code());
  if (!caller.ok()) return gate_.share().Finish(*context, caller);
  absl::StatusOr<inbox::PullRequest> pull = ToPullRequest(*request, caller->certificate.fingerprint());
  if (!pull.ok()) return gate_.share().Finish(*context, caller, pull.status());
  return PullReactor::Start(
      {.inboxes = inboxes_, .signers = signers_, .refusals = refusals_, .log = log_, .pulled = pulled_}, *caller,
      *std::move(pull), response);
}

grpc::ServerUnaryReactor* InboxService::ExtendLeases(grpc::CallbackServerContext* context,
                                                     const v1::ExtendLeasesRequest* request,
                                                     v1::ExtendLeasesResponse* response) {
  const absl::StatusOr<Caller> caller = Enter(*context, Method::kExtendLeases, request->municipality_code());
  if (!caller.ok()) return gate_.share().Finish(*context, caller);
  const absl::Status admitted = AdmitBatch(*caller, request->leases_size(), "leases");
  if (!admitted.ok()) return gate_.share().Finish(*context, caller, admitted);
  const absl::StatusOr<absl::Duration> duration = ToLeaseDuration(*request);
  if (!duration.ok()) return gate_.share().Finish(*context, caller, duration.status());
  auto [leases, places] = ReadLeases(request->leases(), refusals_, *caller, *response->mutable_results());
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  inboxes_.Extend(request->municipality_code(), leases, *duration,
                  [this, reactor, response, caller = *caller,
                   places = std::move(places)](std::vector<absl::StatusOr<absl::Time>> times) {
                    const absl::Status written =
                        WriteOutcomes(times, places, refusals_, caller, *response->mutable_results(),
                                      [](auto& result, auto time) { *result.mutable_expires_at() = std::move(time); });
                    reactor->Finish(refusals_.OfCall(caller, written));
                  });
  return reactor;
}

grpc::ServerUnaryReactor* InboxService::AcknowledgeNotices(grpc::CallbackServerContext* context,
                                                           const v1::AcknowledgeNoticesRequest* request,
                                                           v1::AcknowledgeNoticesResponse* response) {
  const absl::StatusOr<Caller> caller = Enter(*context, Method::kAcknowledgeNotices, request->municipality_code());
  if (!caller.ok()) return gate_.share().Finish(*context, caller);
  const absl::Status admitted = AdmitBatch(*caller, request->leases_size(), "leases");
  if (!admitted.ok()) return gate_.share().Finish(*context, caller, admitted);
  auto [leases, places] = ReadLeases(request->leases(), refusals_, *caller, *response->mutable_results());
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  inboxes_.AcknowledgeAll(InboxCallerOf(*caller), leases,
                          [this, reactor, response, caller = *caller,
                           places = std::move(places)](std::vector<absl::StatusOr<absl::Time>> times) {
                            const absl::Status written = WriteOutcomes(
                                times, places, refusals_, caller, *response->mutable_results(),
                                [](auto& result, auto time) { *result.mutable_acknowledged_at() = std::move(time); });
                            reactor->Finish(refusals_.OfCall(caller, written));
                          });
  return reactor;
}

grpc::ServerUnaryReactor* InboxService::ReturnNotices(grpc::CallbackServerContext* context,
                                                      const v1::ReturnNoticesRequest* request,
                                                      v1::ReturnNoticesResponse* response) {
  const absl::StatusOr<Caller> caller = Enter(*context, Method::kReturnNotices, request->municipality_code());
  if (!caller.ok()) return gate_.share().Finish(*context, caller);
  const absl::Status admitted = AdmitBatch(*caller, request->returns_size(), "returns");
  if (!admitted.ok()) return gate_.share().Finish(*context, caller, admitted);
  std::vector<inbox::NoticeReturn> returns;
  std::vector<int> places;
  for (const v1::NoticeReturn& message : request->returns()) {
    v1::ReturnNoticeResult& result = *response->add_results();
    *result.mutable_lease() = message.lease();
    const std::optional<inbox::ReturnReason> reason = ToReturnReason(message.reason());
    std::optional<inbox::LeaseName> lease = ToLeaseName(message.lease());
    if (!reason.has_value()) {
      *result.mutable_rejected() =
          *refusals_.OfItem(*caller, contract::Refusal(Reason::kReturnReasonMissing, "reason"));
    } else if (!lease.has_value()) {
      *result.mutable_rejected() = *refusals_.OfItem(*caller, contract::Refusal(Reason::kNoticeNotFound));
    } else {
      returns.push_back({.lease = *std::move(lease), .reason = *reason});
      places.push_back(response->results_size() - 1);
    }
  }
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  inboxes_.ReturnAll(InboxCallerOf(*caller), returns,
                     [this, reactor, response, caller = *caller,
                      places = std::move(places)](std::vector<absl::StatusOr<absl::Time>> times) {
                       const absl::Status written = WriteOutcomes(
                           times, places, refusals_, caller, *response->mutable_results(),
                           [](auto& result, auto time) { *result.mutable_returned_at() = std::move(time); });
                       reactor->Finish(refusals_.OfCall(caller, written));
                     });
  return reactor;
}

}  // namespace envej::wire
