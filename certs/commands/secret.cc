#include <openssl/rand.h>

#include <array>
#include <iostream>
#include <memory>
#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "certs/commands/commands.h"
#include "certs/key_file.h"
#include "certs/new_file.h"

namespace envej::certs {
namespace {

absl::Status Secret(const std::string& path) {
  std::array<unsigned char, kSecretBytes> bytes{};
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) {
    return absl::InternalError("no random bytes can be had");
  }
  const absl::string_view view(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  // Never replaced: with another secret, a notice that is sent again no longer counts as the same.
  if (absl::Status written =
          WriteFiles({{path, absl::StrCat(absl::BytesToHexString(view), "\n"), kKeyFileMode}}, WhenThere::kRefuse);
      !written.ok()) {
    return written;
  }
  std::cout << "secret in " << path << "\n";
  return absl::OkStatus();
}

}  // namespace

void AddSecretCommand(CLI::App& app, Command& chosen) {
  const auto path = std::make_shared<std::string>();
  CLI::App* command = app.add_subcommand("secret", "make a broker's commitment secret: 32 random bytes");
  command->add_option("--out", *path, "file to write, mode 0600; must not be there yet")->type_name("FILE")->required();
  command->callback([path, &chosen] { chosen = [path] { return Secret(*path); }; });
}

}  // namespace envej::certs
