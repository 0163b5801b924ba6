#ifndef ENVEJ_REGION_CLIENT_PAGES_PAGE_OPTIONS_H_
#define ENVEJ_REGION_CLIENT_PAGES_PAGE_OPTIONS_H_

#include <string>

#include "certs/options/yaml_reader.h"
#include "certs/tls_files.h"
#include "region-client/pages/sign_in.h"

namespace envej::region {

struct PageOptions {
  std::string listen;     // HOST:PORT or [IPV6]:PORT
  certs::TlsFiles files;  // the server's own, and the authorities of those who may call it
  SignInOptions sign_in;
};

// Reads the mapping `page` of an agent's configuration. What is wrong is reported to its reader.
//   listen, certificate, key, authorities; and who may come, at least one of staff and systems, lists of names, and
//   proxy (certificate, header, origin)
PageOptions ReadPageOptions(options::YamlMapping mapping);

}  // namespace envej::region

#endif  // ENVEJ_REGION_CLIENT_PAGES_PAGE_OPTIONS_H_
