#ifndef ENVEJ_TESTS_BROKER_JOURNAL_JOURNAL_FIXTURE_H_
#define ENVEJ_TESTS_BROKER_JOURNAL_JOURNAL_FIXTURE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "broker/journal/checkpoint_writer.h"
#include "broker/journal/event.h"
#include "broker/store/ordered_store.h"
#include "certs/signature.h"
#include "tests/certs/test_files.h"

namespace envej::journal {

// Events with invented ids.
Event Acceptance(int number);
Event Return(int number);

// Commits one batch of `events` events, which differ with `number`.
void CommitBatch(store::OrderedStore& store, int number, int events);
void CommitBatches(store::OrderedStore& store, int first_number, int count);

// A broker's key, and an authority that vouches for it.
class SigningBroker {
 public:
  SigningBroker();

  std::unique_ptr<CheckpointWriter> Writer(store::OrderedStore& store) const;
  CheckSignatureFunction Check() const;
  const certs::Signer& signer() const { return *signer_; }
  std::string AuthorityPem() const { return authority_.CertificatePem(); }
  absl::Time now() const { return now_; }

 private:
  certs::TestAuthority authority_;
  std::shared_ptr<const certs::Signer> signer_;
  absl::Time now_;
};

}  // namespace envej::journal

#endif  // ENVEJ_TESTS_BROKER_JOURNAL_JOURNAL_FIXTURE_H_
