/**
 * The verifier of the audit log. In: the log, as an export or as the tables of a running database, and keys from elsewhere.
 * Out: a report of all that does not fit, the first broken entry foremost. Never here: code of the writer; everything is
 * made anew from docs/formats/audit-log.md, so that one mistake does not hide another.
 */

/** RFC 8785 (JCS): the one way to write a JSON value. Numbers are doubles, members in the order of UTF-16 code units. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1))
    return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`).join(',')}}`
  }
  if (typeof value === 'number' && !Number.isFinite(value)) throw new TypeError('no JSON has such a number')
  return JSON.stringify(value)
}
