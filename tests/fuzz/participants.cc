#include "broker/admission/participants_reader.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/memory_file.h"

namespace envej::fuzz {

void Try(absl::string_view bytes) { admission::ReadParticipants(MemoryFile(bytes)).status().IgnoreError(); }

std::vector<std::string> Seeds() {
  return {R"(regions:
  - {code: "1081", name: Region Nordjylland}
  - {code: "1084", name: Region Hovedstaden}
municipalities:
  - {code: "0101", name: København, participating: true, scheme_name: Vejen videre, phone_number: "+4599000001",
     leaflet_text: Ring til os., inbox_certificates: none.pem}
  - {code: "0151", name: Ballerup, participating: false}
agreements:
  - {region: "1081", municipality: "0101", first_day: 2020-01-01, last_day: 2199-12-31}
operations: [night-watch]
)",
          "regions: []\nmunicipalities: []\nagreements: []\noperations: []\n"};
}

}  // namespace envej::fuzz
