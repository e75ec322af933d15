/**
 * Part of the audit log's verifier, which shares no code with the writer: everything follows docs/formats/audit-log.md, so that
 * one bug does not hide another.
 */
import { hash } from 'node:crypto'

/** An entry in its hashed form, without `v`. Instants are text with six decimals, the salt is 32 hexadecimal digits. */
export interface LoggedEntry {
  seq: number
  at: string
  person_id: string | null
  right_id: string | null
  role: string | null
  action: string
  purpose: string | null
  reference: string | null
  object_kind: string | null
  object_id: string | null
  result: string
  detail: Record<string, unknown>
  salt: string
}

const text = (value: string | null) => (value === null ? 'null' : JSON.stringify(value))

/** Returns the entry as text: RFC 8785 JSON of its 14 members (docs/formats/audit-log.md, "An entry"). */
export function entryText(entry: LoggedEntry): string {
  return (
    `{"action":${text(entry.action)},"at":${text(entry.at)},"detail":${canonicalJson(entry.detail)},` +
    `"object_id":${text(entry.object_id)},"object_kind":${text(entry.object_kind)},"person_id":${text(entry.person_id)},` +
    `"purpose":${text(entry.purpose)},"reference":${text(entry.reference)},"result":${text(entry.result)},` +
    `"right_id":${text(entry.right_id)},"role":${text(entry.role)},"salt":${text(entry.salt)},` +
    `"seq":${canonicalJson(entry.seq)},"v":1}`
  )
}

/** SHA-256(0x00 ‖ the entry), RFC 6962 2.1. */
export function leafHashOf(entry: string | Buffer): Buffer {
  return hash('sha256', typeof entry === 'string' ? `\0${entry}` : Buffer.concat([leafMark, entry]), 'buffer')
}
const leafMark = Buffer.of(0)

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const shapes: Readonly<Record<keyof LoggedEntry | 'v', (value: unknown) => boolean>> = {
  v: (value) => value === 1,
  seq: (value) => Number.isSafeInteger(value) && (value as number) > 0,
  at: (value) => typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/.test(value),
  person_id: nullOr(uuid),
  right_id: nullOr(uuid),
  role: nullOr(/^/),
  action: (value) => typeof value === 'string',
  purpose: nullOr(/^/),
  reference: nullOr(/^/),
  object_kind: nullOr(/^/),
  object_id: nullOr(uuid),
  result: (value) => typeof value === 'string',
  detail: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  salt: (value) => typeof value === 'string' && /^[0-9a-f]{32}$/.test(value),
}

function nullOr(shape: RegExp): (value: unknown) => boolean {
  return (value) => value === null || (typeof value === 'string' && shape.test(value))
}

/** Parses an entry of an export; returns the problem if it is not one. */
export function readEntry(bytes: Buffer): LoggedEntry | string {
  const written = bytes.toString('utf8')
  let value: unknown
  try {
    value = JSON.parse(written)
  } catch {
    return 'it is not JSON'
  }
  if (typeof value !== 'object' || value === null) return 'it is not an object'
  const members = value as Record<string, unknown>
  for (const [name, fits] of Object.entries(shapes)) {
    if (!(name in members)) return `it has no "${name}"`
    if (!fits(members[name])) return `its "${name}" does not have the required form`
  }
  if (Object.keys(members).length !== Object.keys(shapes).length) return 'it has unknown members'
  if (canonicalJson(value) !== written) return 'it is not canonical JSON (RFC 8785)'
  return value as LoggedEntry
}

/** RFC 8785 (JCS): the canonical form of a JSON value. Numbers are doubles, members are ordered by UTF-16 code units. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1))
    return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`).join(',')}}`
  }
  if (typeof value === 'number' && !Number.isFinite(value)) throw new TypeError('no JSON has such a number')
  return JSON.stringify(value)
}
