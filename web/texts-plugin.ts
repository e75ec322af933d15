import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Plugin } from 'vite'

type Area = Record<string, Record<string, string>>

const folder = join(import.meta.dirname, '../texts/pages')
const name = /^virtual:texts\/(fi|sv|en)$/

/** Serves the pages' texts in one language as a module, `virtual:texts/fi`: a browser loads only its own language. */
export function pageTexts(): Plugin {
  return {
    name: 'page-texts',
    resolveId: (request) => (name.test(request) ? `\0${request}` : undefined),
    load(request) {
      const language = name.exec(request.slice(1))?.[1]
      if (language === undefined) return undefined
      // The area, the prefix of all its keys, is sent once.
      const areas = readdirSync(folder).map((file) => {
        this.addWatchFile(join(folder, file))
        const area = basename(file, '.json')
        const texts = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Area
        return [area, Object.entries(texts).map(([key, text]) => [key.slice(area.length), text[language]])]
      })
      const flatten = 'flatMap(([area, texts]) => texts.map(([key, text]) => [area + key, text]))'
      const code = `export default Object.fromEntries(JSON.parse(${JSON.stringify(JSON.stringify(areas))}).${flatten})`
      return { code, map: null, moduleType: 'js' }
    },
  }
}
