#include "tests/support/trust_changes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

namespace envej::support {
namespace {

constexpr char kRegister[] = "participants.yaml";
constexpr char kSuspended[] = "suspended: true";

std::string EntryOf(const std::string& code) { return absl::StrCat("{code: \"", code, "\""); }

// The register has each of them once.
void ReplaceInRegister(const BrokerProcess& broker, const std::string& old, const std::string& by) {
  std::string text = certs::ReadFile(broker.folder().Path(kRegister));
  const size_t at = text.find(old);
  ASSERT_NE(at, std::string::npos) << old << " is not in the register";
  broker.folder().Write(kRegister, text.replace(at, old.size(), by), 0644);
}

}  // namespace

certs::Certificate CertificateOf(const certs::IssuedCertificate& issued) {
  return certs::Certificate::FromPem(issued.certificate_pem)->front();
}

void AddToParticipant(const BrokerProcess& broker, const std::string& code, const std::string& keys) {
  ReplaceInRegister(broker, EntryOf(code), absl::StrCat(EntryOf(code), ", ", keys));
}

void TrustChanges::Revoke(const std::vector<certs::Certificate>& certificates) {
  for (const certs::Certificate& certificate : certificates) {
    revoked_.push_back(certs::Revoked(certificate, certs::RevocationReason::kKeyCompromise));
  }
  const absl::StatusOr<std::string> list =
      SharedAuthority().authority().MakeRevocationList({.number = ++list_number_,
                                                        .this_update = absl::Now(),
                                                        .next_update = absl::Now() + absl::Hours(1),
                                                        .revoked = revoked_});
  ASSERT_TRUE(list.ok()) << list.status();
  broker_.folder().Write("lists/authority.pem", *list, 0644);
  Reload();
}

void TrustChanges::Suspend(const std::string& code) {
  AddToParticipant(broker_, code, kSuspended);
  Reload();
}

void TrustChanges::LetIn(const std::string& code) {
  ReplaceInRegister(broker_, absl::StrCat(EntryOf(code), ", ", kSuspended), EntryOf(code));
  Reload();
}

void TrustChanges::TakeOut(const std::string& words) {
  ReplaceInRegister(broker_, words, "");
  Reload();
}

void TrustChanges::Reload() {
  broker_.Signal(SIGHUP);
  ASSERT_TRUE(broker_.WaitForLog("\"trust_reloaded\"", ++reloads_));
}

}  // namespace envej::support
