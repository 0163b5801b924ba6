#include "tests/benchmark/sealing_speed.h"

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "certs/certificate_authority.h"
#include "certs/pem.h"
#include "certs/sealing.h"

namespace envej::benchmark {
namespace {

// An envelope, a name, a number and an address.
constexpr size_t kPayloadBytes = 300;

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
  absl::StatusOr<std::vector<certs::Certificate>> certificate = certs::Certificate::FromPem(issued->certificate_pem);
  if (!certificate.ok()) return certificate.status();
  absl::StatusOr<certs::KeyPointer> key = certs::ParsePrivateKey(issued->key_pem);
  if (!key.ok()) return key.status();
  return certs::Opener::Inbox{certificate->front(), *std::move(key)};
}

absl::StatusOr<Figures> Repeat(const std::function<absl::Status()>& once, absl::Duration duration) {
  std::vector<double> milliseconds;
  const absl::Time begin = absl::Now();
  absl::Time before = begin;
  while (before - begin < duration) {
    if (absl::Status status = once(); !status.ok()) return status;
    const absl::Time after = absl::Now();
    milliseconds.push_back(absl::ToDoubleMilliseconds(after - before));
    before = after;
  }
  const auto calls = static_cast<double>(milliseconds.size());
  return Figures{.calls = calls,
                 .calls_per_second = calls / absl::ToDoubleSeconds(before - begin),
                 .median_milliseconds = Quantile(milliseconds, 0.5),
                 .p99_milliseconds = Quantile(milliseconds, 0.99),
                 .server_microseconds = 0};
}

struct Work {
  std::string name;
  std::function<absl::Status()> once;
};

}  // namespace

absl::Status MeasureSealing(absl::Duration duration, int rounds, Report& report) {
  const absl::Time now = absl::Now();
  const absl::StatusOr<certs::CertificateAuthority> authority =
      certs::CertificateAuthority::Create("benchmark", now - absl::Hours(1), now + absl::Hours(1));
  if (!authority.ok()) return authority.status();
  absl::StatusOr<certs::Opener::Inbox> signer = Issue(*authority, certs::LeafUsage::kClient);
  absl::StatusOr<certs::Opener::Inbox> inbox = Issue(*authority, certs::LeafUsage::kInbox);
  const absl::StatusOr<certs::Opener::Inbox> next = Issue(*authority, certs::LeafUsage::kInbox);
  if (!signer.ok() || !inbox.ok() || !next.ok()) return absl::InternalError("no certificates can be issued");
  const certs::Certificate signer_certificate = signer->certificate;
  const std::vector<certs::Certificate> one = {inbox->certificate};
  const std::vector<certs::Certificate> two = {inbox->certificate, next->certificate};
  const auto sealer = certs::Sealer::Create(signer_certificate, std::move(signer->key));
  std::vector<certs::Opener::Inbox> inboxes;
  inboxes.push_back(*std::move(inbox));
  const auto opener = certs::Opener::Create(std::move(inboxes));
  if (!sealer.ok()) return sealer.status();
  if (!opener.ok()) return opener.status();
  const std::string payload(kPayloadBytes, 'x');
  const absl::StatusOr<std::string> sealed = sealer->Seal(payload, one);
  if (!sealed.ok()) return sealed.status();
  const absl::StatusOr<certs::SignedContent> content = opener->Open(*sealed);
  if (!content.ok()) return content.status();

  const std::vector<Work> works = {
      {"seal to one recipient", [&] { return sealer->Seal(payload, one).status(); }},
      {"seal to two recipients", [&] { return sealer->Seal(payload, two).status(); }},
      {"look whether it is sealed to an inbox", [&] { return certs::IsSealedTo(*sealed, one).status(); }},
      {"open", [&] { return opener->Open(*sealed).status(); }},
      {"verify who signed it", [&] { return content->Payload(signer_certificate).status(); }},
  };
  for (const Work& work : works) {
    Row row{.name = work.name, .unit = "messages", .per_call = 1, .samples = {}};
    for (int round = 0; round < rounds; ++round) {
      absl::StatusOr<Figures> figures = Repeat(work.once, duration);
      if (!figures.ok()) return figures.status();
      row.samples.push_back(*std::move(figures));
    }
    report.rows.push_back(std::move(row));
  }
  return absl::OkStatus();
}

}  // namespace envej::benchmark
