#ifndef ENVEJ_CERTS_FILE_CHANGES_H_
#define ENVEJ_CERTS_FILE_CHANGES_H_

#include <string>
#include <vector>

namespace envej::certs {

// When files that were read are to be read again: after they have changed, once they have stopped changing from one
// look to the next, but after kUnsettledLooks at the latest, since a key and its certificate are written one after the
// other. What was refused is tried again each kLooksUntilTriedAgain looks even if none of the files changes: they may
// name others.
//
// Thread safety: none.
class FileChanges {
 public:
  static constexpr int kUnsettledLooks = 5;
  static constexpr int kLooksUntilTriedAgain = 10;

  // `stamp` is StampOf `paths`, as they were read.
  FileChanges(std::vector<std::string> paths, std::string stamp);

  // Whether they are to be read now; `at_once`: they are, changed or not. Looks at them and reads none.
  bool Look(bool at_once);

  // What came of reading them again. What was taken may rest on other files than what was before.
  void Refused() { refused_ = true; }
  void Taken() { refused_ = false; }
  void Taken(std::vector<std::string> paths, std::string stamp);

 private:
  std::vector<std::string> paths_;
  std::string read_stamp_;  // of what was read last
  std::string seen_stamp_;  // of the last look
  int unsettled_looks_ = 0;
  int looks_since_read_ = 0;
  bool refused_ = false;
};

}  // namespace envej::certs

#endif  // ENVEJ_CERTS_FILE_CHANGES_H_
