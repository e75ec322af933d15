import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'

/** Subsets of one font (OFL-1.1) by script and weight, such as `latin-400`. */
export type FontSubsets = ReadonlyMap<string, Buffer>

/** Files for pages and PDFs, read once at the start. */
export interface PublicationFiles {
  css: string
  /** Hash of the style sheet, for its URL. */
  styleVersion: string
  /** Fonts of the style sheet, by file name. */
  pageFonts: ReadonlyMap<string, Buffer>
  /** Fonts of PDFs, in fallback order. */
  pdfFonts: FontSubsets
}

const scriptsOnPages = ['latin', 'latin-ext']
const scriptsInPdf = ['latin', 'latin-ext', 'vietnamese', 'cyrillic', 'cyrillic-ext', 'greek', 'greek-ext']

export async function readPublicationFiles(): Promise<PublicationFiles> {
  const css = await readFile(new URL('./page.css', import.meta.url), 'utf8')
  return {
    css,
    styleVersion: createHash('sha256').update(css).digest('hex').slice(0, 12),
    pageFonts: new Map(
      await Promise.all(
        inBothWeights(scriptsOnPages).map(
          async (subset) => [`source-sans-3-${subset}.woff2`, await readFont(subset, 'woff2')] as const,
        ),
      ),
    ),
    pdfFonts: new Map(
      await Promise.all(
        inBothWeights(scriptsInPdf).map(async (subset) => [subset, await readFont(subset, 'woff')] as const),
      ),
    ),
  }
}

function inBothWeights(scripts: readonly string[]): string[] {
  return scripts.flatMap((script) => [`${script}-400`, `${script}-600`])
}

const fonts = new URL('./files/', import.meta.resolve('@fontsource/source-sans-3/package.json'))

function readFont(subset: string, format: 'woff' | 'woff2'): Promise<Buffer> {
  return readFile(new URL(`source-sans-3-${subset}-normal.${format}`, fonts))
}
