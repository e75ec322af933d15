import { isIn } from './edits.ts'

/** Parts of the form in order, with the document fields of each. */
export const sections = {
  plan: [
    'recordingPlan.defaultShare',
    'recordingPlan.recordForwarded',
    'recordingPlan.cooperation',
    'recordingPlan.rules',
  ],
  announcements: ['recordingPlan.announcements'],
  numbers: ['numbers'],
  controller: ['controller', 'rights'],
  register: ['name', 'title', 'profile', 'purposes'],
  storage: ['storage'],
  contacts: ['contacts'],
  switches: ['switches', 'disclosure.pseudonymised', 'disclosure.returnWorkingDays'],
} as const satisfies Record<string, readonly string[]>
export type SectionName = keyof typeof sections

/** Returns the part of a field; undefined if the form has no field for it. */
export function sectionOf(field: string): SectionName | undefined {
  return (Object.keys(sections) as SectionName[]).find((name) => sections[name].some((start) => isIn(field, start)))
}

/** Returns the items around a field, outermost first: `numbers[2].names.fi` is in `numbers[2]`. */
export function itemsAround(field: string): string[] {
  return [...field.matchAll(/\[\d+\]/g)].map((match) => field.slice(0, match.index + match[0].length))
}
