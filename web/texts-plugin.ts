import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import type { Plugin } from 'vite'
import { keysIn, sourcesUnder } from './texts-used.ts'

type Area = Record<string, Record<string, string>>

const folder = join(import.meta.dirname, '../texts/pages')
const source = join(import.meta.dirname, 'src')
const start = join(source, 'main.tsx')
const request = /^virtual:texts\/(?:(?<page>[\w.-]+)\/)?(?<language>fi|sv|en)$/
/** Import of a page or of another part that is loaded when it is needed; not a type. */
const laterImport = /(?<!typeof )\bimport\('(\.[^']+\.tsx?)'\)/g

/**
 * Serves the pages' texts as modules, in one language each. `virtual:texts/fi` has all texts. In a build
 * `virtual:texts/start/fi` has the texts of the modules that every page loads first, and each `import('./page.tsx')` also loads
 * the texts of the modules that the page imports. In development and in tests `start` has all texts.
 */
export function pageTexts(): Plugin {
  let isBuild = false
  /** Module of each part that is loaded later, by the name of its texts. */
  const parts = new Map<string, string>()
  const startKeys = once(() => keysUnder(start))
  return {
    name: 'page-texts',
    enforce: 'pre',
    configResolved(config) {
      isBuild = config.command === 'build'
    },
    resolveId: (id) => (request.test(id) ? `\0${id}` : undefined),
    load(id) {
      const { language, page } = request.exec(id.slice(1))?.groups ?? {}
      if (language === undefined) return undefined
      for (const path of textFiles()) this.addWatchFile(path)
      const isWhole = page === undefined || !isBuild
      // Reads the texts again, because in development a text may have changed.
      const all = isBuild ? allTexts() : readTexts()
      const keys = isWhole ? Object.keys(all) : page === 'start' ? startKeys() : ofPart(parts.get(page)!)
      const texts = Object.fromEntries([...keys].map((key) => [key, all[key]![language]]))
      return {
        code: `export default JSON.parse(${JSON.stringify(JSON.stringify(texts))})`,
        map: null,
        moduleType: 'js',
      }
    },
    transform(code, id) {
      if (!isBuild || !id.startsWith(source) || !/\.tsx?$/.test(id)) return undefined
      let changed = code.replaceAll(laterImport, (whole, path: string) => {
        const module = resolve(id, '..', path)
        if (ofPart(module).size === 0) return whole
        const name = relative(source, module).replaceAll('/', '.')
        parts.set(name, module)
        const each = ['fi', 'sv', 'en'].map((language) => `${language}:()=>import('virtual:texts/${name}/${language}')`)
        return `__withTexts({${each.join()}},()=>${whole})`
      })
      if (changed === code) return undefined
      changed = `import { withTexts as __withTexts } from '${join(source, 'language/language.ts')}'\n${changed}`
      return { code: changed, map: null }
    },
  }

  function ofPart(module: string): Set<string> {
    const atStart = startKeys()
    return new Set([...keysUnder(module)].filter((key) => !atStart.has(key)))
  }
}

function readTexts(): Area {
  const areas = textFiles().map((path) => JSON.parse(readFileSync(path, 'utf8')) as Area)
  const all = Object.fromEntries(areas.flatMap((area) => Object.entries(area)))
  for (const texts of Object.values(all)) {
    for (const [language, text] of Object.entries(texts)) texts[language] = quoteLabels(text, language, all)
  }
  return all
}

/** Replaces `{area.key}` with that text in quotation marks: a help names a button by its key, not by a copy of its label. */
function quoteLabels(text: string, language: string, all: Area): string {
  return text.replaceAll(/(?<!\{)\{([\w-]+\.[\w.-]+)\}/g, (_, key: string) => {
    const label = all[key]?.[language]
    if (label === undefined) throw new Error(`no text ${key}`)
    return language === 'en' ? `“${label}”` : `”${label}”`
  })
}

const allTexts = once(readTexts)

function keysUnder(module: string): Set<string> {
  return keysIn(sourcesUnder(module), Object.keys(allTexts()))
}

function textFiles(): string[] {
  return readdirSync(folder).map((file) => join(folder, file))
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined
  return () => (made ??= { value: make() }).value
}
