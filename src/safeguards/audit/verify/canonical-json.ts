/**
 * Part of the audit log's verifier, which shares no code with the writer: everything follows docs/formats/audit-log.md, so that
 * one bug does not hide another.
 */

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
