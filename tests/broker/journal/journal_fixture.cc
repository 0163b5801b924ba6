#include "tests/broker/journal/journal_fixture.h"

#include <gtest/gtest.h>

#include <utility>

#include "absl/strings/str_format.h"
#include "broker/journal/commit_and_wait.h"

namespace envej::journal {

Event Acceptance(int number) {
  Event event;
  event.type = EventType::kAccepted;
  event.item.notice = {.municipality_code = "0101",
                       .region_code = "1084",
                       .id = *contract::NoticeId::Parse(absl::StrFormat("00000000-0000-4000-8000-%012d", number))};
  event.item.revision = 1;
  event.at = absl::FromUnixSeconds(1'800'000'000 + number);
  event.actor = std::string(kActorBytes, static_cast<char>('A' + number % 26));
  event.commitment = {.key_id = "key", .value = std::string(32, static_cast<char>('a' + number % 26))};
  return event;
}

Event Return(int number) {
  Event event = Acceptance(number);
  event.type = EventType::kReturned;
  event.token = "token";
  event.detail = 2;
  return event;
}

void CommitBatch(store::OrderedStore& store, int number, int events) {
  store::Transition transition;
  for (int index = 0; index < events; ++index) {
    const int event = number * 100 + index;
    transition.events.push_back(EncodeEvent(index % 3 == 2 ? Return(event) : Acceptance(event)));
  }
  ASSERT_EQ(CommitAndWait(store, std::move(transition)).kind, store::Outcome::Kind::kCommitted);
}

void CommitBatches(store::OrderedStore& store, int first_number, int count) {
  for (int number = first_number; number < first_number + count; ++number) CommitBatch(store, number, 1 + number % 5);
}

SigningBroker::SigningBroker() : now_(absl::FromUnixMicros(absl::ToUnixMicros(absl::Now()))) {
  const certs::IssuedCertificate issued = authority_.Issue(certs::ServerRequest());
  signer_ = std::make_shared<const certs::Signer>(*certs::Signer::FromPem(issued.certificate_pem, issued.key_pem));
}

std::unique_ptr<CheckpointWriter> SigningBroker::Writer(store::OrderedStore& store) const {
  return std::make_unique<CheckpointWriter>(store, "broker-1", [signer = signer_] {
    return CheckpointSigner{.sign = [signer](absl::string_view bytes) { return signer->Sign(bytes); },
                            .certificate = signer->certificate().der()};
  });
}

CheckSignatureFunction SigningBroker::Check() const {
  const std::vector<certs::Certificate> authorities = *certs::Certificate::FromPem(authority_.CertificatePem());
  return [authorities](const contract::SignedCheckpoint& signed_checkpoint) {
    const absl::StatusOr<certs::Certificate> signer = certs::Certificate::FromDer(signed_checkpoint.signer_certificate);
    if (!signer.ok()) return signer.status();
    const contract::Checkpoint& checkpoint = signed_checkpoint.checkpoint;
    absl::Status status =
        certs::CheckSignature(*signer, contract::EncodeCheckpoint(checkpoint), signed_checkpoint.signature);
    status.Update(
        certs::CheckBrokerSigner(*signer, authorities, checkpoint.broker, checkpoint.time, nullptr, checkpoint.time));
    return status;
  };
}

}  // namespace envej::journal
