import { createHash, createPublicKey, randomBytes, sign, type KeyObject } from "node:crypto";
import { isIP } from "node:net";
import { AsnConvert, OctetString } from "@peculiar/asn1-schema";
import {
  AlgorithmIdentifier,
  AttributeTypeAndValue,
  AttributeValue,
  AuthorityKeyIdentifier,
  BasicConstraints,
  Certificate,
  ExtendedKeyUsage,
  Extension,
  Extensions,
  GeneralName,
  id_ce_authorityKeyIdentifier,
  id_ce_basicConstraints,
  id_ce_extKeyUsage,
  id_ce_keyUsage,
  id_ce_subjectAltName,
  id_ce_subjectKeyIdentifier,
  id_kp_serverAuth,
  KeyIdentifier,
  KeyUsage,
  KeyUsageFlags,
  Name,
  RelativeDistinguishedName,
  SubjectAlternativeName,
  SubjectKeyIdentifier,
  SubjectPublicKeyInfo,
  TBSCertificate,
  Validity,
  Version,
} from "@peculiar/asn1-x509";

/** From and until when a certificate is valid: milliseconds since 1970, of which the certificate has seconds. */
export interface ValidityMs {
  readonly notBefore: number;
  readonly notAfter: number;
}

export interface ServerCertificateRequest extends ValidityMs {
  /** The CA's. */
  readonly caKey: KeyObject;
  /** The server's, private or public. */
  readonly key: KeyObject;
  /** Host names and addresses; the first is also its subject. */
  readonly names: readonly [string, ...string[]];
}

const COMMON_NAME = "2.5.4.3";
const ECDSA_WITH_SHA256 = new AlgorithmIdentifier({ algorithm: "1.2.840.10045.4.3.2" });
/** The upper bound of a common name (RFC 5280, appendix A.1). */
const MAX_COMMON_NAME = 64;

/** A CA's own certificate, in PEM. It says the same of the same key but for its validity and serial number. */
export function createCaCertificate(key: KeyObject, validity: ValidityMs): string {
  const issuer = caOf(key);
  const extensions = [
    extension(id_ce_basicConstraints, new BasicConstraints({ cA: true, pathLenConstraint: 0 }), "critical"),
    extension(id_ce_keyUsage, new KeyUsage(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign), "critical"),
    extension(id_ce_subjectKeyIdentifier, new SubjectKeyIdentifier(issuer.keyId)),
  ];
  return create(key, { ...validity, key, subject: issuer.name, issuer: issuer.name, extensions });
}

/** A server's certificate, in PEM, signed by the CA of that key. */
export function createServerCertificate(request: ServerCertificateRequest): string {
  const { caKey, key, names } = request;
  const issuer = caOf(caKey);
  const alternatives = names.map(
    (name) => new GeneralName(isIP(name) === 0 ? { dNSName: name } : { iPAddress: name }),
  );
  const extensions = [
    extension(id_ce_basicConstraints, new BasicConstraints({ cA: false }), "critical"),
    extension(id_ce_keyUsage, new KeyUsage(KeyUsageFlags.digitalSignature), "critical"),
    extension(id_ce_extKeyUsage, new ExtendedKeyUsage([id_kp_serverAuth])),
    extension(id_ce_subjectAltName, new SubjectAlternativeName(alternatives)),
    extension(id_ce_subjectKeyIdentifier, new SubjectKeyIdentifier(keyIdOf(key))),
    extension(
      id_ce_authorityKeyIdentifier,
      new AuthorityKeyIdentifier({ keyIdentifier: new KeyIdentifier(issuer.keyId) }),
    ),
  ];
  const subject = nameOf(names[0].slice(0, MAX_COMMON_NAME));
  return create(caKey, { ...request, subject, issuer: issuer.name, extensions });
}

interface Contents extends ValidityMs {
  readonly key: KeyObject;
  readonly subject: Name;
  readonly issuer: Name;
  readonly extensions: Extension[];
}

function create(caKey: KeyObject, contents: Contents): string {
  const { key, subject, issuer, extensions, notBefore, notAfter } = contents;
  const tbsCertificate = new TBSCertificate({
    version: Version.v3,
    serialNumber: newSerialNumber(),
    signature: ECDSA_WITH_SHA256,
    issuer,
    validity: new Validity({ notBefore: new Date(notBefore), notAfter: new Date(notAfter) }),
    subject,
    subjectPublicKeyInfo: AsnConvert.parse(publicPartOf(key), SubjectPublicKeyInfo),
    extensions: new Extensions(extensions),
  });
  const signatureValue = sign("sha256", Buffer.from(AsnConvert.serialize(tbsCertificate)), caKey);
  const certificate = new Certificate({
    tbsCertificate,
    signatureAlgorithm: ECDSA_WITH_SHA256,
    signatureValue: toArrayBuffer(signatureValue),
  });
  return toPem(Buffer.from(AsnConvert.serialize(certificate)));
}

/** By the key alone, so that a certificate of a renewed CA stands for the one before it. */
function caOf(key: KeyObject): { readonly name: Name; readonly keyId: ArrayBuffer } {
  const keyId = keyIdOf(key);
  return { name: nameOf(`healthimaging-local CA ${Buffer.from(keyId).toString("hex", 0, 4)}`), keyId };
}

const nameOf = (commonName: string): Name =>
  new Name([
    new RelativeDistinguishedName([
      new AttributeTypeAndValue({
        type: COMMON_NAME,
        value: new AttributeValue({ utf8String: commonName }),
      }),
    ]),
  ]);

/** 160 bits of a hash of the public key (RFC 7093, 2, method 1). */
const keyIdOf = (key: KeyObject): ArrayBuffer =>
  toArrayBuffer(createHash("sha256").update(publicPartOf(key)).digest().subarray(0, 20));

const publicPartOf = (key: KeyObject): Buffer =>
  (key.type === "public" ? key : createPublicKey(key)).export({ type: "spki", format: "der" });

/** Positive, without a leading zero, and at most 20 bytes (RFC 5280, 4.1.2.2). */
function newSerialNumber(): ArrayBuffer {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return toArrayBuffer(bytes);
}

const extension = (extnID: string, value: object, critical?: "critical"): Extension =>
  new Extension({
    extnID,
    critical: critical !== undefined,
    extnValue: new OctetString(AsnConvert.serialize(value)),
  });

const toArrayBuffer = (bytes: Uint8Array): ArrayBuffer => Uint8Array.from(bytes).buffer;

const toPem = (der: Buffer): string =>
  `-----BEGIN CERTIFICATE-----\n${der.toString("base64").replaceAll(/.{1,64}/g, "$&\n")}-----END CERTIFICATE-----\n`;
