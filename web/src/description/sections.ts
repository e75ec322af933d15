import { isIn } from './edits.ts'

/** The parts of the form in their order, and which fields of the document each holds. */
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

/** The part that a field stands in; undefined for what has no field of its own in the form. */
export function sectionOf(field: string): SectionName | undefined {
  return (Object.keys(sections) as SectionName[]).find((name) => sections[name].some((start) => isIn(field, start)))
}

/** The items that a field stands within, outermost first: `numbers[2].names.fi` is in `numbers[2]`. */
export function itemsAround(field: string): string[] {
  return [...field.matchAll(/\[\d+\]/g)].map((match) => field.slice(0, match.index + match[0].length))
}
