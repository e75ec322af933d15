import { useLanguage, type Word } from '../../language/use-words.ts'
import { pathOf, readAt, textAt, type Path } from '../edits.ts'
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

/** Headings of items without number and name. */
const ordinals: Partial<Record<SectionName, Word>> = {
  plan: 'form.rule.new',
  announcements: 'form.announcement',
  numbers: 'form.number.new',
  storage: 'form.site.new',
}

/** Labels of common fields of problems, by the end of the path. */
const fields: [end: string, word: Word][] = [
  ['.hours.from', 'form.rule.hours.from'],
  ['.hours.to', 'form.rule.hours.to'],
  ['.hours.days', 'form.rule.days'],
  ['.defaultShare', 'form.defaultShare'],
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

/** Returns a field's place in the form by its headings; undefined if the form does not have it. */
export function useProblemPlace(document: unknown): (field: string) => string | undefined {
  const { t } = useLanguage()
  const nameOf = useNameOf()
  const itemNameOf = (section: SectionName, item: Path) => {
    const text = readAt(document, item)
    const parts = [textAt(text, ['number']), nameOf(readAt(text, ['names']), '')].filter((one) => one !== '')
    const ordinal = ordinals[section]
    if (parts.length > 0 || !ordinal) return parts.join(' ')
    return t(ordinal, { number: Number(item.at(-1)) + 1 })
  }
  return (field) => {
    if (field === 'effectiveFrom') return t('description.draft.day')
    // A problem of the text as a whole is placed by its line.
    if (field.startsWith('(')) return t('description.draft.view.text')
    const section = sectionOf(field)
    if (!section) return undefined
    const [outermost] = itemsAround(field)
    const item = outermost === undefined ? undefined : pathOf(outermost)
    const word = fields.find(([end]) => field.endsWith(end))?.[1]
    return [t(titles[section]), item ? itemNameOf(section, item) : '', word ? t(word) : '']
      .filter((one) => one !== '')
      .join(' › ')
  }
}
