#ifndef ENVEJ_TESTS_MUNICIPALITY_CLIENT_SUPPORT_TEMPORARY_FOLDER_H_
#define ENVEJ_TESTS_MUNICIPALITY_CLIENT_SUPPORT_TEMPORARY_FOLDER_H_

#include <string>
#include <vector>

namespace envej::municipality_client {

// An empty folder that goes with its owner.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  const std::string& path() const { return path_; }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

std::string ReadFile(const std::string& path);
void WriteFile(const std::string& path, const std::string& bytes);
// The names that begin so, in order; none if there is no such folder.
std::vector<std::string> NamesIn(const std::string& folder, const std::string& prefix);

}  // namespace envej::municipality_client

#endif  // ENVEJ_TESTS_MUNICIPALITY_CLIENT_SUPPORT_TEMPORARY_FOLDER_H_
