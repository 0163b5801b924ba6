#ifndef ENVEJ_CERTS_OPENSSL_POINTERS_H_
#define ENVEJ_CERTS_OPENSSL_POINTERS_H_

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/cms.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <memory>

namespace envej::certs {

// OpenSSL's objects, each freed by its own function.
template <auto kFree>
struct OpensslDeleter {
  template <typename Object>
  void operator()(Object* object) const {
    kFree(object);
  }
};

using BioPointer = std::unique_ptr<BIO, OpensslDeleter<&BIO_free>>;
using BioChainPointer = std::unique_ptr<BIO, OpensslDeleter<&BIO_free_all>>;
using BignumPointer = std::unique_ptr<BIGNUM, OpensslDeleter<&BN_free>>;
using KeyPointer = std::unique_ptr<EVP_PKEY, OpensslDeleter<&EVP_PKEY_free>>;
using CertificatePointer = std::unique_ptr<X509, OpensslDeleter<&X509_free>>;
using ExtensionPointer = std::unique_ptr<X509_EXTENSION, OpensslDeleter<&X509_EXTENSION_free>>;
using GeneralNamePointer = std::unique_ptr<GENERAL_NAME, OpensslDeleter<&GENERAL_NAME_free>>;
using GeneralNamesPointer = std::unique_ptr<GENERAL_NAMES, OpensslDeleter<&GENERAL_NAMES_free>>;
using CmsPointer = std::unique_ptr<CMS_ContentInfo, OpensslDeleter<&CMS_ContentInfo_free>>;
using StorePointer = std::unique_ptr<X509_STORE, OpensslDeleter<&X509_STORE_free>>;
using StoreContextPointer = std::unique_ptr<X509_STORE_CTX, OpensslDeleter<&X509_STORE_CTX_free>>;
using ExtendedKeyUsagePointer = std::unique_ptr<EXTENDED_KEY_USAGE, OpensslDeleter<&EXTENDED_KEY_USAGE_free>>;
using AsnStringPointer = std::unique_ptr<ASN1_STRING, OpensslDeleter<&ASN1_STRING_free>>;
using RevocationListPointer = std::unique_ptr<X509_CRL, OpensslDeleter<&X509_CRL_free>>;

}  // namespace envej::certs

#endif  // ENVEJ_CERTS_OPENSSL_POINTERS_H_
