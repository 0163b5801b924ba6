#ifndef ENVEJ_REGION_CLIENT_SOURCES_HANDED_FOLDER_H_
#define ENVEJ_REGION_CLIENT_SOURCES_HANDED_FOLDER_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "certs/options/yaml_reader.h"
#include "region-client/agent/at_rest.h"
#include "region-client/agent/desk.h"
#include "region-client/agent/stopping.h"
#include "region-client/folder/folder_source.h"
#include "region-client/sources/hl7_form.h"

namespace envej::region {

// A folder into which systems put files, and how they write them.
struct HandedFolderOptions {
  std::string name;    // under which its message ids are known
  std::string folder;  // made where it is not there
  AfterTaking after_taking = AfterTaking::kWipe;
  int rejected_days = 14;  // 1 to 90, after which a file of which something was refused is wiped
  Hl7Form hl7;
};

// What the configuration says of one folder, an item of `folders`; what is wrong is reported to the reader.
HandedFolderOptions ReadHandedFolder(options::YamlMapping& mapping);

// Takes what is put into a folder to the desk (folder_source.h): .hl7 (HL7 messages), .json and .xml
// (a FHIR message each), and .jsonl (notices and consents).
class HandedFolder {
 public:
  struct Parts {
    Desk& desk;
    AtRest at_rest;  // the agent's
    absl::TimeZone copenhagen;
    std::function<absl::Time()> now;
    std::function<void(const std::string& line)> log;  // from the thread of Run
  };

  // Errors are one line that names the folder and says what to do. What `parts` refers to must outlive it.
  static absl::StatusOr<std::unique_ptr<HandedFolder>> Open(const HandedFolderOptions& options, Parts parts);

  // Takes files until the agent stops.
  void Run(Stopping& stopping) { source_->Run(stopping); }

 private:
  explicit HandedFolder(AtRest at_rest) : at_rest_(std::move(at_rest)) {}

  const AtRest at_rest_;
  std::unique_ptr<FolderSource> source_;
};

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_SOURCES_HANDED_FOLDER_H_
