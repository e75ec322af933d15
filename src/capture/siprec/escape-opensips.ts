/**
 * Prevents XML injection through OpenSIPS, which copies Call-ID and display names into its XML unescaped
 * (modules/siprec/siprec_body.c), so that a caller can write elements. Its own ids are random and are in the associations after
 * the last participant, where no text of a caller occurs: everything between them is escaped.
 */

/** Content-Type of a body written by OpenSIPS, even under another product name. */
export const boundaryOfOpenSips = /oss-unique-boundary/i

const sessionStart = /<session session_id="[^"]*">/
const participantEnd = '</participant>'
const named =
  /^(<participant participant_id="[^"]*">\s*<nameID aor="[^"]*">\s*<name>)(.*)(<\/name>\s*<\/nameID>\s*<\/participant>\s*)$/s
/** Possible values of `$siprec(caller)` and `$siprec(callee)`: names and addresses, each closed. */
const onlyAddresses =
  /^<participant participant_id="[^"]*">\s*(?:<nameID aor="[^"]*"\s*(?:\/>|>\s*<\/nameID>)\s*)*<\/participant>\s*$/

/** Returns the document with the callers' text escaped; unchanged if it does not have OpenSIPS' shape. */
export function escapeOpenSips(text: string): string {
  const end = text.lastIndexOf(participantEnd) + participantEnd.length
  if (end < participantEnd.length) return text
  const starts = startsOf(text, end)
  const first = starts[0]
  if (first === undefined) return text
  const blocks = starts.map((start, at) => text.slice(start, starts[at + 1] ?? end))
  return escapeCallId(text.slice(0, first)) + blocks.map(escapeParticipant).join('') + text.slice(end)
}

/** Returns the offsets of the participants in the associations; without these, of the first and the last participant. */
function startsOf(text: string, end: number): number[] {
  const startOf = (id: string) => text.indexOf(`<participant participant_id="${id}"`)
  const matches = text.slice(end).matchAll(/<participant(?:session|stream)assoc participant_id="([^"]*)"/g)
  const ids = new Set([...matches].map(([, id]) => id!))
  if (ids.size > 0)
    return [...ids]
      .map(startOf)
      .filter((at) => at >= 0 && at < end)
      .sort((a, b) => a - b)
  const opening = '<participant participant_id="'
  return [...new Set([text.indexOf(opening), text.lastIndexOf(opening)])].filter((at) => at >= 0)
}

function escapeParticipant(block: string): string {
  const [, before, name, after] = named.exec(block) ?? []
  if (before !== undefined) return `${before}${escapeText(name!)}${after!}`
  if (onlyAddresses.test(block)) return block
  // The address closes its own quotation mark: only the address is kept.
  const [opening] = /^<participant participant_id="[^"]*">\s*<nameID aor="[^"]*"/.exec(block) ?? []
  return opening === undefined ? block : `${opening}/>${participantEnd}`
}

function escapeCallId(head: string): string {
  const session = sessionStart.exec(head)
  const from = head.indexOf('<sipSessionID>', session?.index ?? head.length)
  const until = head.lastIndexOf('</sipSessionID>')
  if (from < 0 || until < from) return head
  const start = from + '<sipSessionID>'.length
  return head.slice(0, start) + escapeText(head.slice(start, until)) + head.slice(until)
}

/** Escapes text except for entity references: an operator's script may have escaped the name already. */
function escapeText(text: string): string {
  return text
    .replaceAll(/&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[\da-f]{1,6});)/gi, '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
}
