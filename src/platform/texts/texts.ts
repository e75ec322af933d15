/** Looks up and fills in the texts of texts/, in one language or in all three. */
import assert from 'node:assert/strict'

export const languages = ['fi', 'sv', 'en'] as const
export type Language = (typeof languages)[number]

/** Texts for people come in the two national languages and English (Language Act 423/2003). */
export type Trilingual = { fi: string; sv: string; en: string }

/** Values of a text's placeholders: one for all languages, or one each. `count` selects singular or plural. */
export type Values = Readonly<Record<string, string | number | Trilingual>>

type Singular<Key> = Key extends `${infer Base}_one` | `${infer Base}_other` ? Base : Key
type Texts<Kind> = Readonly<Record<Language, Kind>>
/** A key of an area's sentences; plurals without their ending. */
export type KeyOf<Area> = Singular<KeysWith<Area, string>>
/** A key of an area's lists: paragraphs, or items. */
export type ListKeyOf<Area> = KeysWith<Area, readonly string[]>
type KeysWith<Area, Kind> = { [Key in keyof Area & string]: Area[Key] extends Texts<Kind> ? Key : never }[keyof Area &
  string]

/**
 * Returns a function for an area's texts in a language. Fills in `{{name}}`; `count` selects `_one` or `_other`, as on the
 * pages.
 */
export function textsIn<Area extends object>(area: Area, language: Language) {
  return (key: KeyOf<Area>, values: Values = {}): string =>
    fill(find<string>(area, pluralOf(area, key, values, language))[language], values, language)
}

/** Returns a function for an area's lists in a language. */
export function listIn<Area extends object>(area: Area, language: Language) {
  return (key: ListKeyOf<Area>, values: Values = {}): string[] =>
    find<readonly string[]>(area, key)[language].map((text) => fill(text, values, language))
}

/** Returns a function for an area's texts in all three languages. */
export function trilingualTexts<Area extends object>(area: Area) {
  return (key: KeyOf<Area>, values: Values = {}): Trilingual =>
    inEach((language) => textsIn(area, language)(key, values))
}

/** Builds a text for each language. */
export function inEach(textIn: (language: Language) => string): Trilingual {
  return { fi: textIn('fi'), sv: textIn('sv'), en: textIn('en') }
}

const plurals = { fi: new Intl.PluralRules('fi'), sv: new Intl.PluralRules('sv'), en: new Intl.PluralRules('en') }

function pluralOf(area: object, key: string, { count }: Values, language: Language): string {
  const plural = typeof count === 'number' ? `${key}_${plurals[language].select(count)}` : key
  return plural in area ? plural : key
}

function find<Kind>(area: object, key: string): Texts<Kind> {
  const text = (area as Readonly<Record<string, Texts<Kind>>>)[key]
  assert(text, `no text ${key}`)
  return text
}

function fill(text: string, values: Values, language: Language): string {
  return text.replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => {
    const value = values[name]
    assert(value !== undefined, `nothing to put into {{${name}}} of "${text}"`)
    return typeof value === 'object' ? value[language] : String(value)
  })
}
