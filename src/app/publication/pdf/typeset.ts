import type { FontSubsets } from '../files.ts'

/** Style of text: points, and a colour as #rrggbb. */
export interface TextStyle {
  weight: Weight
  size: number
  leading: number
  color: string
}
export type Weight = 400 | 600

/** A run of text with the font subset that has its characters. */
interface Run {
  font: string
  text: string
}

export interface Typesetter {
  /** Breaks text into lines no wider than `width` points. A wider word is broken. */
  linesOf: (text: string, style: TextStyle, width: number) => string[]
  widthOf: (text: string, style: TextStyle) => number
  /** Draws one line; `y` is its upper edge. */
  draw: (line: string, style: TextStyle, x: number, y: number) => void
}

/** Members of pdfkit that its types lack. */
interface OpenFont {
  _font: { font: { hasGlyphForCodePoint: (codePoint: number) => boolean } }
}

/** Returns a typesetter for a typeface whose fonts are split by script. */
export function createTypesetter(doc: PDFKit.PDFDocument, subsets: FontSubsets): Typesetter {
  const fontOfCharacter = new Map<string, string>()
  for (const [name, font] of subsets) doc.registerFont(name, font)
  const names = [...subsets.keys()]

  function fontFor(character: string, weight: Weight): string | undefined {
    const key = `${weight}${character}`
    const found = fontOfCharacter.get(key)
    if (found !== undefined) return found
    const name = names.find((one) => {
      if (!one.endsWith(`-${weight}`)) return false
      const { _font: open } = doc.font(one) as unknown as OpenFont
      return open.font.hasGlyphForCodePoint(character.codePointAt(0) ?? 0)
    })
    if (name !== undefined) fontOfCharacter.set(key, name)
    return name
  }

  function runsOf(text: string, weight: Weight): Run[] {
    const runs: Run[] = []
    for (const character of text) {
      const drawn = fontFor(character, weight) === undefined ? '?' : character
      const font = fontFor(drawn, weight) ?? `latin-${weight}`
      const last = runs.at(-1)
      if (last?.font === font) last.text += drawn
      else runs.push({ font, text: drawn })
    }
    return runs
  }

  const runWidth = ({ font, text }: Run, style: TextStyle) => doc.font(font).fontSize(style.size).widthOfString(text)

  function widthOf(text: string, style: TextStyle): number {
    return runsOf(text, style.weight).reduce((sum, run) => sum + runWidth(run, style), 0)
  }

  function linesOf(text: string, style: TextStyle, width: number): string[] {
    const lines: string[] = []
    let line = ''
    for (const word of plain(text).split(' ')) {
      const longer = line === '' ? word : `${line} ${word}`
      if (widthOf(longer, style) <= width) {
        line = longer
        continue
      }
      if (line !== '') lines.push(line)
      line = ''
      for (const character of word) {
        if (line !== '' && widthOf(line + character, style) > width) {
          lines.push(line)
          line = ''
        }
        line += character
      }
    }
    return [...lines, line]
  }

  return {
    linesOf,
    widthOf,
    draw(line, style, x, y) {
      let at = x
      for (const run of runsOf(line, style.weight)) {
        const width = runWidth(run, style)
        doc.fillColor(style.color).text(run.text, at, y, { lineBreak: false })
        at += width
      }
    },
  }
}

/** Returns text on one line, without invisible characters. */
function plain(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\s]+/gu, (found) => (found === '\u00A0' ? found : ' ')).trim()
}
