#include "region-client/pages/page_options.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"

namespace envej::region {
namespace {

using options::LocatedText;
using options::TextRule;
using options::YamlMapping;

constexpr size_t kNamesMost = 1000;

bool IsAddress(absl::string_view text) { return absl::StrContains(text, ':'); }

bool IsHeader(absl::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return absl::ascii_isalnum(c) || c == '-'; });
}

bool IsOrigin(absl::string_view text) {
  return absl::StartsWith(text, "https://") && text.find('/', 8) == absl::string_view::npos;
}

constexpr TextRule kAddress = {.most_characters = 260, .accepts = IsAddress, .form = "HOST:PORT"};
constexpr TextRule kName = {.most_characters = 200};
constexpr TextRule kHeader = {.most_characters = 64, .accepts = IsHeader, .form = "letters, digits and hyphens"};
constexpr TextRule kOrigin = {.most_characters = 260, .accepts = IsOrigin, .form = "https://HOST or https://HOST:PORT"};

std::vector<std::string> ReadNames(YamlMapping& mapping, absl::string_view key) {
  std::vector<std::string> names;
  if (!mapping.Has(key)) return names;
  for (LocatedText& name : mapping.Texts(key, kNamesMost, kName)) names.push_back(std::move(name.text));
  if (names.empty() && !mapping.Refused(key)) mapping.Refuse(key, "names nobody: leave it out");
  return names;
}

SignInOptions::Proxy ReadProxy(YamlMapping mapping) {
  SignInOptions::Proxy proxy{.certificate = mapping.Text("certificate", kName),
                             .header = mapping.Text("header", kHeader),
                             .origin = mapping.Text("origin", kOrigin)};
  mapping.RefuseOtherKeys();
  return proxy;
}

}  // namespace

PageOptions ReadPageOptions(YamlMapping mapping) {
  PageOptions page;
  page.listen = mapping.Text("listen", kAddress);
  page.files = {.certificate_chain = mapping.Path("certificate"),
                .private_key = mapping.Path("key"),
                .authorities = mapping.Path("authorities")};
  page.sign_in.staff = ReadNames(mapping, "staff");
  page.sign_in.systems = ReadNames(mapping, "systems");
  if (mapping.Has("proxy")) page.sign_in.proxy = ReadProxy(mapping.Mapping("proxy"));
  const SignInOptions& sign_in = page.sign_in;
  const bool names_somebody = !sign_in.staff.empty() || !sign_in.systems.empty() || sign_in.proxy.has_value();
  if (!names_somebody && !mapping.Refused("staff") && !mapping.Refused("systems")) {
    mapping.Refuse("staff",
                   "\"staff\", \"proxy\" or \"systems\" must name who may come: \"authorities\" alone lets nobody in");
  }
  mapping.RefuseOtherKeys();
  return page;
}

}  // namespace envej::region
