import { AssertionError } from 'node:assert'
import { ObjectFault, type objectFaults } from './faults.ts'

type Code = keyof typeof objectFaults

const missing = new Set(['NoSuchKey', 'NotFound', 'NoSuchUpload'])
const full = new Set(['QuotaExceeded', 'InsufficientCapacity', 'XMinioStorageFull', 'InsufficientStorage'])
const refused = new Set([
  'AccessDenied',
  'Forbidden',
  'InvalidAccessKeyId',
  'SignatureDoesNotMatch',
  'ExpiredToken',
  'RequestTimeTooSkewed',
  'NoSuchBucket',
  'PermanentRedirect',
])
const fullStatus = 507

/** What the server, or the way to it, calls its error. */
export function errorName(error: unknown): string {
  const { Code: code, name, code: system } = error as { Code?: unknown; name?: unknown; code?: unknown }
  for (const one of [code, system, name]) if (typeof one === 'string' && one !== 'Error' && one !== '') return one
  return String(error).split('\n', 1)[0] ?? ''
}

/** The fault for an error of an S3 server, or of the way to it; one line, without headers or keys. */
export function s3Fault(where: string, key: string, action: string, error: unknown): ObjectFault {
  if (error instanceof ObjectFault) return error
  if (error instanceof AssertionError) throw error
  const name = errorName(error)
  const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode
  const fault = (code: Code, message: string) => new ObjectFault(code, message, error)
  if (missing.has(name)) return fault('object-missing', `There is no object ${key}.`)
  if (full.has(name) || status === fullStatus) {
    return fault('object-disk-full', `${where} is full: ${key} could not be ${action}.`)
  }
  if (name === 'NoSuchBucket') return fault('object-store-refuses', `There is no bucket ${where}: make it first.`)
  if (refused.has(name) || status === 403) {
    return fault('object-store-refuses', `${where} does not let ${key} be ${action} (${name}).`)
  }
  if (status === undefined)
    return fault('object-store-away', `${where} does not answer: ${key} not ${action} (${name}).`)
  return fault('object-store-failed', `${where}: ${key} could not be ${action} (${name}).`)
}
