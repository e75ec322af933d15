import texts from '#texts/server/letter.json' with { type: 'json' }
import { listIn, textsIn, type Language } from '#platform/texts/texts.ts'
import type { LetterKind } from './letter.ts'

export type LetterTexts = ReturnType<typeof letterTexts>

/** Returns the texts of letters in a language. */
export function letterTexts(language: Language) {
  return textsIn(texts, language)
}

/** Returns the texts of letters that are lists, in a language. */
export function letterLists(language: Language) {
  return listIn(texts, language)
}

/** Returns the shipped template: its blocks, separated by blank lines. */
export function shippedTemplate(kind: LetterKind, language: Language): string {
  return texts[`letter.template.${kind}`][language].join('\n\n')
}

export function fieldName(field: Field, language: Language): string {
  return texts[`letter.field.${field}`][language]
}

/** Fields of templates: all that have a name. */
export type Field = FieldOf<keyof typeof texts>
type FieldOf<Key> = Key extends `letter.field.${infer Name}` ? Name : never
