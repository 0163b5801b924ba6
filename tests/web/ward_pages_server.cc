#include <iostream>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "region-client/pages/ward_pages.h"
#include "tests/region-client/pages/ward_pages_world.h"

// ward_pages_server: the pages for ward staff as the agent serves them, on a store of their own. On standard input it
// is told, one a line, `discharge "NUMBER"`: that the patient was discharged; answered by `ok` or `wrong`. Begins by
// telling its port and the files of a member of staff's certificate. Ends with its input.
namespace envej::region {
namespace {

bool TellDischarge(absl::string_view line, WardPagesWorld& world) {
  if (!absl::ConsumePrefix(&line, "discharge \"") || !absl::ConsumeSuffix(&line, "\"")) return false;
  const std::string number(line);
  world.SetNow(absl::Now());
  return world.desk().TakeMessage({.source = "adt", .id = number}, {Discharge(number, world.now())}).ok();
}

int Run() {
  WardPagesWorld world(absl::Now());
  const auto pages = WardPages::Start(world.Options(), world.Parts());
  if (!pages.ok()) {
    std::cerr << pages.status() << "\n";
    return 1;
  }
  const certs::TlsFiles staff = world.FilesOf(kStaff);
  std::cout << absl::StrCat("{\"port\": ", (*pages)->port(), ", \"certificate\": \"", staff.certificate_chain,
                            "\", \"key\": \"", staff.private_key, "\"}")
            << std::endl;
  std::string line;
  while (std::getline(std::cin, line)) std::cout << (TellDischarge(line, world) ? "ok" : "wrong") << std::endl;
  return 0;
}

}  // namespace
}  // namespace envej::region

int main() { return envej::region::Run(); }
