#include "broker/wire/pull_reactor.h"

#include <optional>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/escaping.h"

#include "broker/wire/inbox_messages.h"
#include "broker/wire/status.h"
#include "broker/wire/stored_content.h"

namespace envej::wire {

PullReactor* PullReactor::Start(inbox::Inboxes& inboxes, inbox::SignerCertificates& signers,
                                inbox::PullRequest request, v1::PullNoticesResponse* response, const Log& log) {
  auto* reactor = new PullReactor(inboxes, signers, log);
  const std::shared_ptr<Waiting> waiting = reactor->waiting_;
  waiting->handle = inboxes.Pull(
      std::move(request),
      [reactor, response](absl::StatusOr<std::vector<inbox::PulledItem>> items) { reactor->Answer(items, response); });
  if (waiting->cancelled) inboxes.CancelPull(waiting->handle);
  return reactor;
}

void PullReactor::Answer(const absl::StatusOr<std::vector<inbox::PulledItem>>& items,
                         v1::PullNoticesResponse* response) {
  if (!items.ok()) return Finish(ToCallStatus(items.status(), log_));
  for (const inbox::PulledItem& item : *items) {
    absl::StatusOr<v1::InboxItem> message = ToMessage(item);
    if (message.ok()) {
      *response->add_items() = *std::move(message);
    } else {  // IsNotice held of it, so this is a fault of ours; its neighbours are leased and must arrive
      LogUnreadable({.item = item.item, .why = message.status()}, log_);
    }
  }
  AddSigners(*response);
  Finish(grpc::Status::OK);
}

void PullReactor::AddSigners(v1::PullNoticesResponse& response) const {
  std::set<std::string> fingerprints;
  for (const v1::InboxItem& item : response.items()) {
    fingerprints.insert(item.notice().sealed().signer_fingerprint());
  }
  for (const std::string& fingerprint : fingerprints) {
    const absl::StatusOr<std::optional<inbox::SignerCertificate>> signer = signers_.Find(fingerprint);
    if (signer.ok() && signer->has_value()) {
      response.add_signer_certificates((*signer)->der);
    } else {  // the receiver cannot judge what it signed, and returns that; the others arrive
      log_.Error("signer_unreadable", {{"fingerprint", absl::BytesToHexString(fingerprint)},
                                       {"error", signer.ok() ? "it is missing" : signer.status().ToString()}});
    }
  }
}

void PullReactor::OnCancel() {
  waiting_->cancelled = true;
  const uint64_t handle = waiting_->handle;
  if (handle != 0) inboxes_.CancelPull(handle);
}

}  // namespace envej::wire
