#include "certs/revocation_set.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "certs/key_file.h"
#include "certs/pem.h"

namespace envej::certs {
namespace {

absl::StatusOr<std::vector<std::string>> FilesOf(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::is_directory(path, error)) return std::vector<std::string>{path};
  std::vector<std::string> files;
  auto entry = std::filesystem::directory_iterator(path, error);
  for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    if (entry->path().filename().string().front() == '.') continue;
    if (files.size() == RevocationSet::kFilesMost) {
      return absl::FailedPreconditionError(
          absl::StrCat(path, " holds more than ", RevocationSet::kFilesMost, " files: remove those that are old"));
    }
    files.push_back(entry->path().string());
  }
  if (error) {
    return absl::FailedPreconditionError(absl::StrCat("cannot read the directory ", path, ": check its permissions"));
  }
  std::sort(files.begin(), files.end());
  if (files.empty()) {
    return absl::FailedPreconditionError(
        absl::StrCat(path, " holds no revocation list: put the current list of each authority there"));
  }
  return files;
}

// Numbers as SerialText gives them: without leading zeros, so the longer is the larger.
std::pair<size_t, absl::string_view> NumberOrder(const std::string& number) { return {number.size(), number}; }

bool MayHaveIssued(const Certificate& authority, const Certificate& certificate) {
  // OpenSSL's function is not const; of a Certificate it only reads (certificate.cc).
  const bool may =
      X509_check_issued(const_cast<X509*>(&authority.x509()), const_cast<X509*>(&certificate.x509())) == X509_V_OK;
  ERR_clear_error();
  return may;
}

}  // namespace

absl::Status CheckStanding(const Standing& standing, absl::Time at) {
  switch (standing.state) {
    case RevocationState::kGood:
      return absl::OkStatus();
    case RevocationState::kRevoked:
      if (at < standing.counts_from) return absl::OkStatus();
      return absl::PermissionDeniedError(
          absl::StrCat("the certificate was revoked then (", ReasonName(standing.reason), ")"));
    case RevocationState::kNoList:
      return absl::UnavailableError("no revocation list says anything of the certificate");
    case RevocationState::kListExpired:
      return absl::UnavailableError("the revocation list for the certificate has expired");
  }
  return absl::InternalError("unknown state of revocation");
}

RevocationSet::RevocationSet(Issuers issuers) : issuers_(std::make_shared<const Issuers>(std::move(issuers))) {}

absl::StatusOr<RevocationSet> RevocationSet::Load(const std::string& path,
                                                  const std::vector<Certificate>& authorities) {
  const absl::StatusOr<std::vector<std::string>> files = FilesOf(path);
  if (!files.ok()) return files.status();
  Issuers issuers;
  for (const Certificate& authority : authorities) issuers.push_back({authority, nullptr});
  for (const std::string& file : *files) {
    const absl::StatusOr<std::string> contents = ReadRevocationListFile(file);
    if (!contents.ok()) return contents.status();
    const absl::StatusOr<std::vector<RevocationList>> lists = RevocationList::Parse(*contents);
    if (!lists.ok()) {
      return absl::Status(lists.status().code(), absl::StrCat(file, " ", lists.status().message(),
                                                              ": put a complete list in PEM or DER there"));
    }
    for (const RevocationList& list : *lists) {
      if (const absl::Status added = Add(list, issuers); !added.ok()) {
        return absl::Status(added.code(), absl::StrCat(file, " ", added.message()));
      }
    }
  }
  RevocationSet set(std::move(issuers));
  if (set.entries() > kEntriesMost) {
    return absl::FailedPreconditionError(
        absl::StrCat("the revocation lists in ", path, " have more than ", kEntriesMost, " entries together"));
  }
  return set;
}

absl::Status RevocationSet::Add(const RevocationList& list, Issuers& issuers) {
  std::shared_ptr<const List> indexed;
  for (Issuer& issuer : issuers) {
    if (!list.IsSignedBy(issuer.authority)) continue;
    if (indexed == nullptr) indexed = Indexed(list);
    const auto order = [](const List& one) { return std::pair(one.this_update, NumberOrder(one.number)); };
    if (issuer.list == nullptr || order(*issuer.list) < order(*indexed)) issuer.list = indexed;
  }
  if (indexed != nullptr) return absl::OkStatus();
  return absl::FailedPreconditionError(
      "holds a revocation list that none of the authorities signed: add its authority, or remove the file");
}

std::shared_ptr<const RevocationSet::List> RevocationSet::Indexed(const RevocationList& list) {
  auto indexed = std::make_shared<List>();
  indexed->this_update = list.this_update();
  indexed->next_update = list.next_update();
  indexed->number = list.number();
  indexed->revoked.reserve(list.revoked().size());
  for (const RevokedCertificate& revoked : list.revoked()) {
    const auto [existing, added] = indexed->revoked.try_emplace(revoked.serial, revoked);
    if (!added && CountsFrom(revoked) < CountsFrom(existing->second)) existing->second = revoked;
  }
  return indexed;
}

Standing RevocationSet::StandingOf(const Certificate& certificate, absl::Time now) const {
  const std::string serial = SerialText(*X509_get0_serialNumber(&certificate.x509()));
  Standing standing;
  bool all_known = true;
  bool any_expired = false;
  bool any_issuer = false;
  for (const Issuer& issuer : *issuers_) {
    if (!MayHaveIssued(issuer.authority, certificate)) continue;
    any_issuer = true;
    if (issuer.list == nullptr || issuer.list->next_update <= now) {
      all_known = false;
      any_expired |= issuer.list != nullptr;
      continue;
    }
    const auto found = issuer.list->revoked.find(serial);
    if (found == issuer.list->revoked.end()) continue;
    const absl::Time counts_from = CountsFrom(found->second);
    if (standing.state == RevocationState::kRevoked && standing.counts_from <= counts_from) continue;
    standing = {RevocationState::kRevoked, found->second.reason, counts_from};
  }
  // Where a second list is missing, an earlier date may stand in it.
  if (!any_issuer || !all_known) {
    standing = Standing();
    if (any_expired) standing.state = RevocationState::kListExpired;
    return standing;
  }
  if (standing.state != RevocationState::kRevoked) standing.state = RevocationState::kGood;
  return standing;
}

absl::Status RevocationSet::CheckNoOlderThan(const RevocationSet& earlier) const {
  for (const Issuer& before : *earlier.issuers_) {
    if (before.list == nullptr) continue;
    for (const Issuer& issuer : *issuers_) {
      if (!(issuer.authority == before.authority)) continue;
      if (issuer.list == nullptr || issuer.list->this_update < before.list->this_update) {
        return absl::FailedPreconditionError(
            "the revocation list of an authority is missing or older than the one in use: put its newest list there");
      }
    }
  }
  return absl::OkStatus();
}

bool RevocationSet::AnyIsCurrent(absl::Time now) const {
  return std::any_of(issuers_->begin(), issuers_->end(),
                     [&](const Issuer& issuer) { return issuer.list != nullptr && now < issuer.list->next_update; });
}

size_t RevocationSet::authorities_without_list() const {
  return static_cast<size_t>(
      std::count_if(issuers_->begin(), issuers_->end(), [](const Issuer& issuer) { return issuer.list == nullptr; }));
}

absl::Time RevocationSet::earliest_next_update() const {
  absl::Time earliest = absl::InfiniteFuture();
  for (const Issuer& issuer : *issuers_) {
    if (issuer.list != nullptr) earliest = std::min(earliest, issuer.list->next_update);
  }
  return earliest;
}

size_t RevocationSet::entries() const {
  std::set<const List*> counted;
  size_t entries = 0;
  for (const Issuer& issuer : *issuers_) {
    if (issuer.list != nullptr && counted.insert(issuer.list.get()).second) entries += issuer.list->revoked.size();
  }
  return entries;
}

}  // namespace envej::certs
