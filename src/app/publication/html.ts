/**
 * What anyone may read, without signing in and without JavaScript (R1, L34). In: the description's versions, the proofs,
 * what people write about accessibility. Out: pages, PDF and JSON under the paths of addresses.ts. Never here: a script,
 * a word of the description itself (that is #description/publish), a text in a page that was not escaped.
 */
export class Html {
  readonly source: string
  constructor(source: string) {
    this.source = source
  }
}

type Part = Html | string | number | false | undefined | null | readonly Part[]

/** A page's source: what is put in is escaped unless it is a page's source itself; nothing stands for what is not there. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return new Html(strings.reduce((made, text, index) => made + sourceOf(parts[index - 1]) + text))
}

function sourceOf(part: Part): string {
  if (part === false || part === undefined || part === null) return ''
  if (part instanceof Html) return part.source
  if (typeof part === 'object') return part.map(sourceOf).join('')
  return escapeText(String(part))
}

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Text as it stands in HTML and XML. */
export function escapeText(text: string): string {
  return text.replace(/[&<>"']/g, (character) => escapes[character] ?? character)
}
