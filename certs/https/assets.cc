#include "certs/https/assets.h"

#include <openssl/evp.h>

#include <array>
#include <fstream>
#include <iterator>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace envej::https {
namespace {

constexpr size_t kBytesMost = 4 << 20;  // of one file

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

absl::StatusOr<Assets> Assets::Read(const std::vector<OwnFile>& own, const std::vector<DebianFile>& others,
                                    const std::string& directory) {
  Assets assets;
  for (const OwnFile& file : own) {
    assets.assets_.emplace(std::string(file.name), AssetOf(file.name, std::string(file.contents)));
  }
  for (const DebianFile& file : others) {
    const std::string path = absl::StrCat(directory, "/", file.path);
    std::ifstream stream(path, std::ios::binary);
    std::string bytes{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
    if (!stream.good() && bytes.empty()) {
      return absl::NotFoundError(absl::StrCat(path, " is missing; install Debian's package ", file.package));
    }
    if (bytes.size() > kBytesMost) return absl::FailedPreconditionError(absl::StrCat(path, " is too large"));
    assets.assets_.emplace(std::string(file.name), AssetOf(file.name, std::move(bytes)));
  }
  return assets;
}

const Asset* Assets::Find(absl::string_view name) const {
  const auto found = assets_.find(name);
  return found == assets_.end() ? nullptr : &found->second;
}

void GiveAsset(const Asset& asset, const httplib::Request& request, httplib::Response& response) {
  response.set_header("ETag", asset.etag);
  response.set_header("Cache-Control", "private, no-cache");  // kept, and asked for whether it still holds
  if (absl::StrContains(request.get_header_value("If-None-Match"), asset.etag)) {
    response.status = 304;
    return;
  }
  response.status = 200;
  response.set_content(asset.bytes, asset.content_type);
}

void GivePage(const Asset& page, const httplib::Request& request, httplib::Response& response) {
  const absl::string_view language = request.get_param_value("lang") == "en" ? "en" : "da";
  response.status = 200;
  response.set_header("Cache-Control", "no-store");
  response.set_content(absl::StrReplaceAll(page.bytes, {{"{{language}}", language}}), page.content_type);
}

httplib::Headers SecurityHeaders() {
  return {{"Content-Security-Policy",
           "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
           "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"},
          {"X-Content-Type-Options", "nosniff"},
          {"Referrer-Policy", "no-referrer"},
          {"Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"},
          {"Cross-Origin-Resource-Policy", "same-origin"},
          {"Cross-Origin-Opener-Policy", "same-origin"}};
}

}  // namespace envej::https
