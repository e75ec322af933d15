import type { Language } from '#description/closed-lists.ts'
import type { LetterKind } from './letter.ts'
import { fieldName, type Field } from './letter-texts.ts'
import type { FieldValue, FieldValues, KnownFields } from './template-language.ts'

const commonFields = ['number', 'received', 'controller', 'unit', 'contact'] as const satisfies readonly Field[]

/** Fields of each kind of letter, besides the common ones. The law requires the needed ones. */
const fieldsOfKind: Record<LetterKind, { needed: readonly Field[]; more?: readonly Field[] }> = {
  received: { needed: ['number', 'asked', 'handling', 'contact'], more: ['due'] },
  // GDPR Article 12(3): within a month, and why.
  extension: { needed: ['due', 'reason', 'contact'], more: ['asked', 'complaint'] },
  // GDPR Articles 12(4) and 15(1)(f).
  answer: { needed: ['calls', 'complaint', 'contact'], more: ['asked', 'next'] },
  appointment: { needed: ['appointment', 'contact'] },
  'destroyed-before': { needed: ['calls', 'complaint', 'contact'] },
  prohibition: { needed: ['calls', 'contact'] },
  erasure: { needed: ['calls', 'complaint', 'contact'], more: ['asked'] },
  objection: { needed: ['calls', 'complaint', 'contact'], more: ['asked'] },
  restriction: { needed: ['calls', 'complaint', 'contact'], more: ['asked'] },
  // GDPR Article 18(3).
  'restriction-end': { needed: ['calls', 'complaint', 'contact'] },
  'not-identifiable': { needed: ['calls', 'complaint', 'contact'] },
  refusal: { needed: ['reason', 'complaint', 'contact'], more: ['asked'] },
  copy: { needed: ['copies', 'contact'] },
  'log-extract': { needed: ['looks', 'complaint', 'contact'] },
  correction: { needed: ['corrections', 'complaint', 'contact'] },
  // For a mentioned person no call is searched.
  mentioned: { needed: ['complaint', 'contact'] },
  // Act 621/1999 sections 14 and 33.
  openness: { needed: ['decision', 'provision', 'appeal', 'contact'] },
}

/** Returns the fields of a letter, as shown in the template editor. */
export function fieldsOf(kind: LetterKind, language: Language): { name: string; isNeeded: boolean }[] {
  const { needed, more = [] } = fieldsOfKind[kind]
  return [...new Set<Field>([...needed, ...more, ...commonFields])].map((field) => ({
    name: fieldName(field, language),
    isNeeded: needed.includes(field),
  }))
}

export function knownFields(kind: LetterKind, language: Language): KnownFields {
  const fields = fieldsOf(kind, language)
  return {
    names: fields.map(({ name }) => name),
    needed: fields.filter(({ isNeeded }) => isNeeded).map(({ name }) => name),
  }
}

/** Returns values under the field names of a language's templates. */
export function byFieldName(values: Partial<Record<Field, FieldValue>>, language: Language): FieldValues {
  return Object.fromEntries(
    Object.entries(values).map(([field, value]) => [fieldName(field as Field, language), value]),
  )
}
