import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

/** What the pages are made with, read once at the start: one style sheet and three pieces of one typeface (OFL-1.1). */
export interface PublicationFiles {
  css: string
  /** Changes with the style sheet. */
  styleVersion: string
  fonts: ReadonlyMap<string, Buffer>
}

const fontNames = ['latin-400', 'latin-600', 'latin-ext-400', 'latin-ext-600']

export async function readPublicationFiles(): Promise<PublicationFiles> {
  const css = await readFile(new URL('./page.css', import.meta.url), 'utf8')
  const fonts = await Promise.all(
    fontNames.map(async (name) => [`source-sans-3-${name}.woff2`, await readFile(fontFile(name, 'woff2'))] as const),
  )
  return {
    css,
    styleVersion: createHash('sha256').update(css).digest('hex').slice(0, 12),
    fonts: new Map(fonts),
  }
}

/** Where the package has a piece of the typeface. */
export function fontFile(name: string, format: 'woff' | 'woff2'): string {
  return fileURLToPath(import.meta.resolve(`@fontsource/source-sans-3/files/source-sans-3-${name}-normal.${format}`))
}
