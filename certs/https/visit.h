#ifndef ENVEJ_CERTS_HTTPS_VISIT_H_
#define ENVEJ_CERTS_HTTPS_VISIT_H_

namespace envej::https {

// What a handler knows of a request and of who makes it, and holds for it, from before it is read until it is answered.
class Visit {
 public:
  virtual ~Visit() = default;
};

}  // namespace envej::https

#endif  // ENVEJ_CERTS_HTTPS_VISIT_H_
