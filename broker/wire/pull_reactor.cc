#include "broker/wire/pull_reactor.h"

#include <optional>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/escaping.h"

#include "broker/wire/inbox_messages.h"
#include "broker/wire/stored_content.h"

namespace envej::wire {

PullReactor* PullReactor::Start(const Parts& parts, const Caller& caller, inbox::PullRequest request,
                                v1::PullNoticesResponse* response) {
  auto* reactor = new PullReactor(parts, caller);
  inbox::Inboxes& inboxes = parts.inboxes;
  const std::shared_ptr<Waiting> waiting = reactor->waiting_;
  waiting->handle = inboxes.Pull(
      std::move(request),
      [reactor, response](absl::StatusOr<std::vector<inbox::PulledItem>> items) { reactor->Answer(items, response); });
  if (waiting->cancelled) inboxes.CancelPull(waiting->handle);
  const bool was_let_in = waiting->handle != 0;
  if (was_let_in && parts.pulled) parts.pulled(caller);
  return reactor;
}

void PullReactor::Answer(const absl::StatusOr<std::vector<inbox::PulledItem>>& items,
                         v1::PullNoticesResponse* response) {
  if (!items.ok()) return Finish(parts_.refusals.OfCall(caller_, items.status()));
  for (const inbox::PulledItem& item : *items) {
    absl::StatusOr<v1::InboxItem> message = ToMessage(item);
    if (message.ok()) {
      *response->add_items() = *std::move(message);
    } else {  // IsNotice held of it, so this is a fault of ours; its neighbours are leased and must arrive
      LogUnreadable({.item = item.item, .why = message.status()}, parts_.log);
    }
  }
  AddSigners(*response);
  Finish(grpc::Status::OK);
}

void PullReactor::AddSigners(v1::PullNoticesResponse& response) const {
  std::set<std::string> fingerprints;
  for (const v1::InboxItem& item : response.items()) {
    const v1::SealedContent& sealed = item.has_withdrawal() ? item.withdrawal().sealed() : item.notice().sealed();
    fingerprints.insert(sealed.signer_fingerprint());
  }
  for (const std::string& fingerprint : fingerprints) {
    const absl::StatusOr<std::optional<inbox::SignerCertificate>> signer = parts_.signers.Find(fingerprint);
    if (signer.ok() && signer->has_value()) {
      response.add_signer_certificates((*signer)->der);
    } else {  // the receiver cannot judge what it signed, and returns that; the others arrive
      parts_.log.Error("signer_unreadable", {{"fingerprint", absl::BytesToHexString(fingerprint)},
                                             {"error", signer.ok() ? "it is missing" : signer.status().ToString()}});
    }
  }
}

void PullReactor::OnCancel() {
  waiting_->cancelled = true;
  const uint64_t handle = waiting_->handle;
  if (handle != 0) parts_.inboxes.CancelPull(handle);
}

}  // namespace envej::wire
