import { AssertionError } from 'node:assert'
import { ObjectFault, type objectFaults } from './faults.ts'

type Code = keyof typeof objectFaults

const missing = new Set(['NoSuchKey', 'NotFound', 'NoSuchUpload'])
const full = new Set(['QuotaExceeded', 'InsufficientCapacity', 'XMinioStorageFull', 'InsufficientStorage'])
/** The server's refusals, with remedies. */
const refused: Readonly<Record<string, string>> = {
  AccessDenied: 'give the user of these access keys rights on the bucket (docs/operate/database-and-store.md)',
  Forbidden: 'give the user of these access keys rights on the bucket (docs/operate/database-and-store.md)',
  InvalidAccessKeyId: 'the server does not know the access key; correct the file named by credentials=',
  SignatureDoesNotMatch: 'the secret key does not match the access key, or region= is wrong',
  AuthorizationHeaderMalformed: 'set region= in the address to the server’s region',
  IllegalLocationConstraintException: 'set region= in the address to the server’s region',
  PermanentRedirect:
    'the bucket is in another region or at another endpoint; correct endpoint= and region= in the address',
  ExpiredToken: 'the access keys have expired; put new ones into the file named by credentials=',
  RequestTimeTooSkewed: 'this machine’s clock and the server’s differ too much; synchronise both by NTP',
}
/** Node's certificate errors, with remedies. */
const untrusted: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'its certificate has expired; renew it',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet; synchronise both clocks by NTP',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host name; set endpoint= to a name in it',
}
const unknownAuthority = /^(UNABLE_TO_|SELF_SIGNED_CERT|DEPTH_ZERO_SELF_SIGNED|CERT_SIGNATURE_FAILURE)/
const addAuthority =
  'its certificate is not signed by an authority that this machine trusts; set NODE_EXTRA_CA_CERTS to the file of its authority'
/** An overloaded server: three attempts are made before the fault. */
const busy = new Set(['SlowDown', 'ServiceUnavailable', 'TooManyRequestsException', 'RequestLimitExceeded'])
const busyStatuses = [429, 503]
const fullStatus = 507

/** Returns the error's name, from the server or the connection. */
export function errorName(error: unknown): string {
  const { Code: code, name, code: system } = error as { Code?: unknown; name?: unknown; code?: unknown }
  for (const one of [code, system, name]) if (typeof one === 'string' && one !== 'Error' && one !== '') return one
  return String(error).split('\n', 1)[0] ?? ''
}

/** Returns the fault for an error of an S3 server or the connection: one line, without headers or keys. */
export function s3Fault(location: string, key: string, action: string, error: unknown): ObjectFault {
  if (error instanceof ObjectFault) return error
  if (error instanceof AssertionError) throw error
  const name = errorName(error)
  const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode
  const fault = (code: Code, message: string) => new ObjectFault(code, message, error)
  if (missing.has(name)) return fault('object-missing', `The object ${key} does not exist.`)
  if (full.has(name) || status === fullStatus) {
    return fault('object-disk-full', `${location} is full: ${key} could not be ${action}.`)
  }
  if (name === 'NoSuchBucket') return fault('object-store-refuses', `The bucket ${location} does not exist: create it.`)
  const remedy = refused[name] ?? (status === 403 ? refused['AccessDenied'] : undefined)
  if (remedy !== undefined) {
    return fault(
      'object-store-refuses',
      `${location} denied access: ${key} could not be ${action} (${name}): ${remedy}.`,
    )
  }
  const certificate = untrusted[name] ?? (unknownAuthority.test(name) ? addAuthority : undefined)
  if (certificate !== undefined) {
    return fault('object-store-away', `${location} is not trusted: ${certificate} (${name}); ${key} not ${action}.`)
  }
  if (busy.has(name) || busyStatuses.includes(status ?? 0)) {
    return fault('object-store-away', `${location} is overloaded: ${key} not ${action} (${name}); retrying.`)
  }
  if (status === undefined)
    return fault('object-store-away', `${location} does not answer: ${key} not ${action} (${name}).`)
  return fault('object-store-failed', `${location}: ${key} could not be ${action} (${name}).`)
}
