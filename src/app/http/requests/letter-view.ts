import { currentNames } from '#safeguards/people/current-names.ts'
import { fieldsOf } from '#use/requests/letters/fields.ts'
import type { Template } from '#use/requests/letters/letter-templates.ts'
import type { LetterTemplate } from '../contract/letters.ts'
import type { Desk } from '../desk.ts'

/** Templates with their fields, and the names of who changed them. */
export async function viewTemplates(desk: Desk, templates: readonly Template[]): Promise<LetterTemplate[]> {
  const people = templates.flatMap(({ changed }) => changed?.by ?? [])
  const names = await currentNames(desk.db, people)
  return templates.map(({ changed, ...template }) => ({
    ...template,
    ...(changed && {
      changed: { at: changed.at.toString(), by: { id: changed.by, name: names.get(changed.by) ?? '' } },
    }),
    fields: fieldsOf(template.kind, template.language),
  }))
}
