#include "broker/operations/web/assets.h"

#include <openssl/evp.h>

#include <array>
#include <fstream>
#include <iterator>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "broker/operations/web/own_files.h"

namespace envej::operations {
namespace {

constexpr size_t kBytesMost = 4 << 20;  // of one file

struct DebianFile {
  const char* name;
  const char* path;
  const char* package;
};
constexpr DebianFile kDebianFiles[] = {
    {"bootstrap.css", "bootstrap5/css/bootstrap.min.css", "libjs-bootstrap5"},
    {"chart.js", "chart.js/chart.min.js", "libjs-chart.js"},
};

std::string ContentTypeOf(absl::string_view name) {
  if (absl::EndsWith(name, ".html")) return "text/html; charset=utf-8";
  if (absl::EndsWith(name, ".css")) return "text/css; charset=utf-8";
  if (absl::EndsWith(name, ".svg")) return "image/svg+xml";
  return "text/javascript; charset=utf-8";
}

std::string EtagOf(absl::string_view bytes) {
  constexpr size_t kDigestBytes = 16;
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  EVP_Digest(bytes.data(), bytes.size(), digest.data(), nullptr, EVP_sha256(), nullptr);
  const absl::string_view first(reinterpret_cast<const char*>(digest.data()), kDigestBytes);
  return absl::StrCat("\"", absl::BytesToHexString(first), "\"");
}

Asset AssetOf(absl::string_view name, std::string bytes) {
  std::string etag = EtagOf(bytes);
  return {.content_type = ContentTypeOf(name), .bytes = std::move(bytes), .etag = std::move(etag)};
}

}  // namespace

absl::StatusOr<Assets> Assets::Read(const std::string& directory) {
  Assets assets;
  for (const OwnFile& file : OwnFiles()) {
    assets.assets_.emplace(file.name, AssetOf(file.name, std::string(file.contents)));
  }
  for (const DebianFile& file : kDebianFiles) {
    const std::string path = absl::StrCat(directory, "/", file.path);
    std::ifstream stream(path, std::ios::binary);
    std::string bytes{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
    if (!stream.good() && bytes.empty()) {
      return absl::NotFoundError(absl::StrCat(path, " is missing; install Debian's package ", file.package));
    }
    if (bytes.size() > kBytesMost) return absl::FailedPreconditionError(absl::StrCat(path, " is too large"));
    assets.assets_.emplace(file.name, AssetOf(file.name, std::move(bytes)));
  }
  return assets;
}

const Asset* Assets::Find(absl::string_view name) const {
  const auto found = assets_.find(name);
  return found == assets_.end() ? nullptr : &found->second;
}

}  // namespace envej::operations
