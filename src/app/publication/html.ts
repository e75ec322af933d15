/**
 * HTML of the public pages (R1, L34), which need neither a session nor JavaScript. All interpolated values are escaped.
 */
export class Html {
  readonly source: string
  constructor(source: string) {
    this.source = source
  }
}

type Part = Html | string | number | false | undefined | null | readonly Part[]

/** Builds HTML: escapes interpolated values unless they are Html; false, undefined and null render nothing. */
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

/** Escapes text for HTML and XML. */
export function escapeText(text: string): string {
  return text.replace(/[&<>"']/g, (character) => escapes[character] ?? character)
}
