import { useLanguage, type Word } from '../../language/use-words.ts'
import { pathOf, readAt, textAt } from '../edits.ts'
import { useNameOf } from '../form/path-fields.tsx'
import { itemsAround, sectionOf, type SectionName } from '../sections.ts'

const titles: Record<SectionName, Word> = {
  plan: 'form.plan',
  announcements: 'form.announcements',
  numbers: 'form.numbers',
  controller: 'form.controller',
  register: 'form.register',
  storage: 'form.sites',
  contacts: 'form.contacts',
  switches: 'form.switches',
}

/** The fields that the problems of several places are most often about, by how their names end. */
const fields: [end: string, word: Word][] = [
  ['.hours.from', 'form.rule.hours.from'],
  ['.hours.to', 'form.rule.hours.to'],
  ['.hours.days', 'form.rule.days'],
  ['.share', 'form.rule.share'],
  ['.recordingMonths', 'form.rule.months'],
  ['.from', 'form.from'],
  ['.until', 'form.until'],
  ['.validFrom', 'form.from'],
  ['.validTo', 'form.until'],
  ['.kind', 'form.number.kind'],
  ['.language', 'form.number.language'],
  ['.names.fi', 'form.language.fi'],
  ['.names.sv', 'form.language.sv'],
  ['.names.en', 'form.language.en'],
  ['.texts.fi', 'form.language.fi'],
  ['.texts.sv', 'form.language.sv'],
  ['.texts.en', 'form.language.en'],
]

/** Where in the form a field stands, as its headings say; undefined for what the form does not have. */
export function useProblemPlace(document: unknown): (field: string) => string | undefined {
  const { say } = useLanguage()
  const nameOf = useNameOf()
  return (field) => {
    if (field === 'effectiveFrom') return say('draft.day')
    // A problem of the text as a whole is told by its line.
    if (field.startsWith('(')) return say('draft.view.text')
    const section = sectionOf(field)
    if (!section) return undefined
    const [outermost] = itemsAround(field)
    const item = outermost === undefined ? undefined : readAt(document, pathOf(outermost))
    const name = nameOf(readAt(item, ['names']), '')
    const word = fields.find(([end]) => field.endsWith(end))?.[1]
    return [say(titles[section]), textAt(item, ['number']), name, word ? say(word) : '']
      .filter((one) => one !== '')
      .join(' › ')
  }
}
