#include "tests/crash/old_store.h"

#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/str_format.h"
#include "broker/inbox/inboxes.h"
#include "broker/journal/checkpoint_writer.h"
#include "broker/journal/mirror.h"
#include "broker/store/rocksdb_store.h"
#include "certs/certificate_authority.h"
#include "certs/signature.h"
#include "tests/certs/test_files.h"
#include "tests/support/manual_clock.h"
#include "tests/support/manual_scheduler.h"

namespace envej::crash {
namespace {

constexpr absl::Duration kDay = absl::Hours(24);
constexpr absl::Duration kForgottenAge = absl::Hours(24 * 300);   // longer than anything is kept
constexpr absl::Duration kRememberedAge = absl::Hours(24 * 200);  // not long enough
constexpr int kRemembered = static_cast<int>(store::kJournalKept);
constexpr char kMunicipality[] = "0101";
constexpr char kRegion[] = "1081";

// A broker of the past, without what listens.
class FormerBroker {
 public:
  FormerBroker(const std::string& data, absl::Time now)
      : now_(now),
        authority_(*certs::CertificateAuthority::Create("former authority", now - 400 * kDay, now + kDay)),
        clock_(now - kForgottenAge) {
    store::RocksDbStoreOptions options;
    options.directory = data;
    options.broker = "broker-1";
    store_ = *store::RocksDbStore::Open(options);
    inboxes_.emplace(*store_, clock_, scheduler_, inbox::Inboxes::Options());
    certs::LeafRequest request = certs::ServerRequest();
    request.not_before = now - 400 * kDay;
    const certs::IssuedCertificate issued = *authority_.Issue(request);
    signer_ = std::make_shared<const certs::Signer>(*certs::Signer::FromPem(issued.certificate_pem, issued.key_pem));
    checkpoints_.emplace(*store_, "broker-1", [signer = signer_] {
      return journal::CheckpointSigner{.sign = [signer](absl::string_view bytes) { return signer->Sign(bytes); },
                                       .certificate = signer->certificate().der()};
    });
  }
  ~FormerBroker() {
    EXPECT_TRUE(store_->Stop().ok());
    inboxes_.reset();
  }
  FormerBroker(const FormerBroker&) = delete;
  FormerBroker& operator=(const FormerBroker&) = delete;

  void GoTo(absl::Duration ago) { clock_.Advance(now_ - ago - clock_.Now()); }

  // So many notices come, are pulled, `in_a_pull` at a time, and are acknowledged.
  std::vector<store::NoticeKey> Deliver(int count, int in_a_pull) {
    std::vector<inbox::Submission> submissions;
    std::vector<store::NoticeKey> notices;
    for (int number = 0; number < count; ++number) {
      submissions.push_back(NewSubmission());
      notices.push_back(submissions.back().notice);
    }
    std::promise<void> submitted;
    inboxes_->SubmitAll(std::move(submissions), [&](const std::vector<absl::StatusOr<inbox::Accepted>>& answers) {
      for (const auto& answer : answers) EXPECT_TRUE(answer.ok()) << answer.status();
      submitted.set_value();
    });
    submitted.get_future().wait();
    std::vector<inbox::LeaseName> leases;
    for (int pull = 0; pull < count && leases.size() < notices.size(); ++pull) Pull(in_a_pull, leases);
    EXPECT_EQ(leases.size(), notices.size());
    std::promise<void> acknowledged;
    inboxes_->AcknowledgeAll({.municipality_code = kMunicipality, .actor = std::string(32, 'c')}, leases,
                             [&](const std::vector<absl::StatusOr<absl::Time>>& answers) {
                               for (const auto& answer : answers) EXPECT_TRUE(answer.ok()) << answer.status();
                               acknowledged.set_value();
                             });
    acknowledged.get_future().wait();
    return notices;
  }

  void MakeCheckpoint() { EXPECT_TRUE(*checkpoints_->WriteNext(clock_.Now())); }
  uint64_t last_batch() const { return store_->LastDurableBatch(); }
  void MirrorTo(const std::string& folder) {
    journal::Mirror mirror(*store_, folder);
    while (*mirror.WriteNext()) {
    }
  }
  std::string AuthorityPem() const { return authority_.ToPem()->certificate_pem; }

 private:
  inbox::Submission NewSubmission() {
    const std::string id = absl::StrFormat("00000000-0000-4000-8000-%012d", ++last_id_);
    inbox::Submission submission;
    submission.notice = {
        .municipality_code = kMunicipality, .region_code = kRegion, .id = *contract::NoticeId::Parse(id)};
    submission.actor = std::string(32, 's');
    inbox::Submit submit;
    submit.origin = "ward";
    submit.discharge_date = absl::FormatTime("%Y-%m-%d", clock_.Now(), absl::UTCTimeZone());
    submit.discharge_day_ends = clock_.Now() + kDay;
    submit.commitments = {{.key_id = "former", .value = contract::Sha256(id)}};
    submission.what = submit;
    submission.keep = inbox::KeepAsItIs("content of " + id);
    return submission;
  }
  void Pull(int count, std::vector<inbox::LeaseName>& leases) {
    std::promise<void> pulled;
    inboxes_->Pull({.municipality_code = kMunicipality,
                    .actor = std::string(32, 'c'),
                    .max_notices = static_cast<size_t>(count),
                    .max_bytes = size_t{1} << 20,
                    .wait = absl::ZeroDuration(),
                    .lease = absl::Minutes(10)},
                   [&](const absl::StatusOr<std::vector<inbox::PulledItem>>& items) {
                     EXPECT_TRUE(items.ok()) << items.status();
                     for (const inbox::PulledItem& item : *items) {
                       leases.push_back({.region_code = item.item.notice.region_code,
                                         .id = item.item.notice.id,
                                         .revision = item.item.revision,
                                         .token = item.record.token});
                     }
                     pulled.set_value();
                   });
    pulled.get_future().wait();
  }

  const absl::Time now_;
  const certs::CertificateAuthority authority_;
  ManualClock clock_;
  ManualScheduler scheduler_;
  std::unique_ptr<store::RocksDbStore> store_;
  std::optional<inbox::Inboxes> inboxes_;
  std::shared_ptr<const certs::Signer> signer_;
  std::optional<journal::CheckpointWriter> checkpoints_;
  int last_id_ = 0;
};

}  // namespace

OldStore MakeOldStore(const std::string& data, const std::string& mirror, int checkpoints, absl::Time now) {
  FormerBroker broker(data, now);
  OldStore made{
      .to_be_forgotten = {}, .to_be_remembered = {}, .last_old_batch = 0, .authority_pem = broker.AuthorityPem()};
  for (int checkpoint = 0; checkpoint < checkpoints; ++checkpoint) {
    const std::vector<store::NoticeKey> notices = broker.Deliver(kNoticesPerCheckpoint, kNoticesPerCheckpoint);
    made.to_be_forgotten.insert(made.to_be_forgotten.end(), notices.begin(), notices.end());
    broker.MakeCheckpoint();
    made.last_old_batch = broker.last_batch();
  }
  // A batch for each pull, so that what is old is not also the newest.
  broker.GoTo(kRememberedAge);
  made.to_be_remembered = broker.Deliver(kRemembered, 1);
  broker.MakeCheckpoint();
  broker.MirrorTo(mirror);
  return made;
}

}  // namespace envej::crash
