#include "tests/benchmark/sealing_work.h"

#include <time.h>

#include <memory>
#include <utility>

#include "absl/time/clock.h"
#include "certs/certificate_authority.h"
#include "certs/pem.h"
#include "certs/sealing.h"

namespace envej::benchmark {
namespace {

using certs::Certificate;

// A certificate and its key, as an opener takes them.
absl::StatusOr<certs::Opener::Inbox> Issue(const certs::CertificateAuthority& authority, certs::LeafUsage usage) {
  const absl::Time now = absl::Now();
  certs::LeafRequest request;
  request.common_name = "benchmark";
  request.not_before = now - absl::Hours(1);
  request.not_after = now + absl::Hours(1);
  request.usage = usage;
  const absl::StatusOr<certs::IssuedCertificate> issued = authority.Issue(request);
  if (!issued.ok()) return issued.status();
  absl::StatusOr<std::vector<Certificate>> certificate = Certificate::FromPem(issued->certificate_pem);
  if (!certificate.ok()) return certificate.status();
  absl::StatusOr<certs::KeyPointer> key = certs::ParsePrivateKey(issued->key_pem);
  if (!key.ok()) return key.status();
  return certs::Opener::Inbox{certificate->front(), *std::move(key)};
}

// A sender, two inboxes of a municipality, and what is sealed between them.
struct Parties {
  std::string payload;
  certs::Sealer sealer;
  std::vector<Certificate> one;
  std::vector<Certificate> two;
  certs::Opener opener;
  std::string sealed;
};

absl::StatusOr<std::shared_ptr<const Parties>> Meet(const std::string& payload) {
  const absl::Time now = absl::Now();
  const absl::StatusOr<certs::CertificateAuthority> authority =
      certs::CertificateAuthority::Create("benchmark", now - absl::Hours(1), now + absl::Hours(1));
  if (!authority.ok()) return authority.status();
  absl::StatusOr<certs::Opener::Inbox> signer = Issue(*authority, certs::LeafUsage::kClient);
  absl::StatusOr<certs::Opener::Inbox> inbox = Issue(*authority, certs::LeafUsage::kInbox);
  const absl::StatusOr<certs::Opener::Inbox> next = Issue(*authority, certs::LeafUsage::kInbox);
  if (!signer.ok() || !inbox.ok() || !next.ok()) return absl::InternalError("no certificates can be issued");
  const std::vector<Certificate> one = {inbox->certificate};
  const std::vector<Certificate> two = {inbox->certificate, next->certificate};
  absl::StatusOr<certs::Sealer> sealer = certs::Sealer::Create(signer->certificate, std::move(signer->key));
  if (!sealer.ok()) return sealer.status();
  std::vector<certs::Opener::Inbox> inboxes;
  inboxes.push_back(*std::move(inbox));
  absl::StatusOr<certs::Opener> opener = certs::Opener::Create(std::move(inboxes));
  if (!opener.ok()) return opener.status();
  absl::StatusOr<std::string> sealed = sealer->Seal(payload, one);
  if (!sealed.ok()) return sealed.status();
  return std::make_shared<const Parties>(
      Parties{payload, *std::move(sealer), one, two, *std::move(opener), *std::move(sealed)});
}

double ThreadSeconds() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

absl::Status OpenAndVerify(const Parties& parties) {
  const absl::StatusOr<certs::SignedContent> content = parties.opener.Open(parties.sealed);
  if (!content.ok()) return content.status();
  return content->Payload(parties.sealer.certificate()).status();
}

}  // namespace

absl::StatusOr<std::vector<Work>> SealingWorks(const std::string& payload) {
  const absl::StatusOr<std::shared_ptr<const Parties>> met = Meet(payload);
  if (!met.ok()) return met.status();
  const std::shared_ptr<const Parties>& parties = *met;
  return std::vector<Work>{
      {"seal to one recipient", [parties] { return parties->sealer.Seal(parties->payload, parties->one).status(); }},
      {"seal to two recipients", [parties] { return parties->sealer.Seal(parties->payload, parties->two).status(); }},
      {"look whether it is sealed to an inbox",
       [parties] { return certs::IsSealedTo(parties->sealed, parties->one).status(); }},
      {"open and verify who signed", [parties] { return OpenAndVerify(*parties); }},
  };
}

absl::StatusOr<Figures> Repeat(const Work& work, absl::Duration duration) {
  std::vector<double> milliseconds;
  const double processor_begin = ThreadSeconds();
  const absl::Time begin = absl::Now();
  absl::Time before = begin;
  while (before - begin < duration) {
    if (absl::Status status = work.once(); !status.ok()) return status;
    const absl::Time after = absl::Now();
    milliseconds.push_back(absl::ToDoubleMilliseconds(after - before));
    before = after;
  }
  const auto calls = static_cast<double>(milliseconds.size());
  return Figures{.calls = calls,
                 .calls_per_second = calls / absl::ToDoubleSeconds(before - begin),
                 .median_milliseconds = Quantile(milliseconds, 0.5),
                 .p99_milliseconds = Quantile(milliseconds, 0.99),
                 .server_microseconds = (ThreadSeconds() - processor_begin) * 1e6 / calls};
}

}  // namespace envej::benchmark
