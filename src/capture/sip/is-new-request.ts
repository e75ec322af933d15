/**
 * Returns true if the bytes appear to be a request outside any dialog, without parsing them. False for ACK, CANCEL, responses,
 * and requests whose To has a tag. A wrong result affects only rate limits and priorities. Takes linear time; stops at the
 * first To.
 */
export function isNewRequest(bytes: Buffer): boolean {
  if (startsWith(bytes, 'ACK ') || startsWith(bytes, 'CANCEL ') || startsWith(bytes, 'SIP/')) return false
  for (let at = bytes.indexOf(0x0a); at >= 0; at = bytes.indexOf(0x0a, at + 1)) {
    const first = bytes[at + 1]
    if (first === 0x0d || first === 0x0a) return true
    if (first !== 0x54 && first !== 0x74) continue
    let colon = at + 2
    if (bytes[colon] === 0x6f || bytes[colon] === 0x4f) colon++
    while (bytes[colon] === 0x20 || bytes[colon] === 0x09) colon++
    if (bytes[colon] !== 0x3a) continue
    let end = bytes.indexOf(0x0a, colon)
    while (end >= 0 && (bytes[end + 1] === 0x20 || bytes[end + 1] === 0x09)) end = bytes.indexOf(0x0a, end + 1)
    const value = bytes.toString('latin1', colon, end < 0 ? bytes.length : end).toLowerCase()
    const tag = value.lastIndexOf('tag')
    return (
      tag < 0 ||
      !value
        .slice(tag + 3, tag + 16)
        .trimStart()
        .startsWith('=')
    )
  }
  return true
}

function startsWith(bytes: Buffer, text: string): boolean {
  if (bytes.length < text.length) return false
  for (let i = 0; i < text.length; i++) if (bytes[i] !== text.charCodeAt(i)) return false
  return true
}
