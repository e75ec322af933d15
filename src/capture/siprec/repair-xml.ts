/**
 * Repairs XML that is not well-formed because a display name or an address was pasted into it: `&` and `<` that cannot be
 * markup are escaped ("Smith & Sons" <sip:...>). Limited by a budget of steps, so that no input makes it slow.
 */

const entity = /&(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9a-f]{1,6});/iy
const nameAt = /[A-Za-z_][\w.-]*(?::[A-Za-z_][\w.-]*)?/y
const spaceAt = /[ \t\r\n]*/y
/** Names that are really the scheme of an address in brackets: <sip:host>. */
const scheme = /^(?:sips?|tel|mailto|https?):/i
const stepsPerChar = 6
const sections = [
  ['<?', '?>'],
  ['<!--', '-->'],
  ['<![CDATA[', ']]>'],
] as const

/** Returns the repaired text; undefined if the budget did not suffice. */
export function repairXml(text: string): string | undefined {
  const budget = { steps: text.length * stepsPerChar + 1000 }
  const closers = new Map<string, boolean>()
  const endTags = endTagsOf(text)
  const out: string[] = []
  let at = Math.max(0, text.indexOf('<'))
  while (at < text.length) {
    if (budget.steps < 0) return undefined
    const open = text.indexOf('<', at)
    const textEnd = open === -1 ? text.length : open
    if (textEnd > at) out.push(escapeText(text.slice(at, textEnd)))
    if (open === -1) break
    const end = sectionEnd(text, open, closers) ?? tagEnd(text, open, budget, closers, endTags)
    if (end === undefined) {
      out.push('&lt;')
      at = open + 1
    } else {
      const tag = text.slice(open, end)
      out.push(tag.startsWith('<!') || tag.startsWith('<?') ? tag : `<${escapeText(tag.slice(1))}`)
      at = end
    }
  }
  return out.join('')
}

/**
 * Returns the names of all end tags: a start tag that is never closed anywhere is somebody's "<Oy>", not an element. Undefined
 * for a truncated document, where open tags are to be expected.
 */
function endTagsOf(text: string): ReadonlySet<string> | undefined {
  const names = new Set([...text.matchAll(/<\/([^\s<>/]{1,100})/g)].map(([, name]) => name!))
  const root = /<([A-Za-z_][\w.:-]{0,100})/.exec(text)?.[1]
  return root !== undefined && names.has(root) ? names : undefined
}

/** Escapes what is neither an entity nor allowed in text; drops characters that XML 1.0 forbids. */
function escapeText(text: string): string {
  return text
    .replace(/[<&]/g, (char, at: number) => {
      if (char === '<') return '&lt;'
      entity.lastIndex = at
      return entity.test(text) ? '&' : '&amp;'
    })
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '')
}

/** Returns the end of a comment, CDATA section or processing instruction that starts here. */
function sectionEnd(text: string, open: number, closers: Map<string, boolean>): number | undefined {
  for (const [opener, closer] of sections) {
    if (text.startsWith(opener, open)) return endOf(text, closer, open + opener.length, closers)
  }
  return undefined
}

/** Returns the offset after the next closer. A closer that was not found is not searched for again, which keeps this linear. */
function endOf(text: string, closer: string, from: number, closers: Map<string, boolean>): number | undefined {
  if (closers.get(closer) === false) return undefined
  const at = text.indexOf(closer, from)
  if (at === -1) closers.set(closer, false)
  return at === -1 ? undefined : at + closer.length
}

/** Returns the end of a start or end tag with quoted attributes that begins here; undefined if it is not a tag. */
function tagEnd(
  text: string,
  open: number,
  budget: { steps: number },
  closers: Map<string, boolean>,
  endTags: ReadonlySet<string> | undefined,
): number | undefined {
  let at = open + 1
  const spend = (end: number | undefined) => {
    budget.steps -= (end ?? at) - open
    return end
  }
  if (text[at] === '/') at++
  const name = match(nameAt, text, at)
  if (!name || scheme.test(`${name}${text[at + name.length] ?? ''}`)) return spend(undefined)
  at += name.length
  for (;;) {
    const space = match(spaceAt, text, at) ?? ''
    at += space.length
    if (text[at] === '>') return spend(text[open + 1] === '/' || (endTags?.has(name) ?? true) ? at + 1 : undefined)
    if (text.startsWith('/>', at)) return spend(at + 2)
    const attribute = space ? match(nameAt, text, at) : undefined
    if (!attribute) return spend(undefined)
    at += attribute.length
    at += (match(spaceAt, text, at) ?? '').length
    if (text[at] !== '=') return spend(undefined)
    at += 1 + (match(spaceAt, text, at + 1) ?? '').length
    const quote = text[at]
    const end = quote === '"' || quote === "'" ? endOf(text, quote, at + 1, closers) : undefined
    if (end === undefined) return spend(undefined)
    at = end
    if (at - open > budget.steps) return spend(undefined)
  }
}

function match(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at
  return pattern.exec(text)?.[0]
}
