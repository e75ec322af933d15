import texts from '#texts/server/letter.json' with { type: 'json' }
import { listIn, sayIn, type Language } from '#platform/texts/texts.ts'
import type { LetterKind } from './letter.ts'

export type SayLetter = ReturnType<typeof sayLetter>

/** The words of letters in a language. */
export function sayLetter(language: Language) {
  return sayIn(texts, language)
}

/** Their paragraphs and lists. */
export function listLetter(language: Language) {
  return listIn(texts, language)
}

/** A template as it comes with Seloste: its blocks, with a blank line between. */
export function givenTemplate(kind: LetterKind, language: Language): string {
  return texts[`letter.template.${kind}`][language].join('\n\n')
}

/** What a template calls a field. */
export function fieldName(field: Field, language: Language): string {
  return texts[`letter.field.${field}`][language]
}

/** What templates may say: all that has a name. */
export type Field = FieldOf<keyof typeof texts>
type FieldOf<Key> = Key extends `letter.field.${infer Name}` ? Name : never
