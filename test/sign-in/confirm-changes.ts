import { answer, type Browser } from '../register/open-desk.ts'

/** Confirms every pending change of the directory, with the second person's browser. Returns the number of changes. */
export async function confirmChanges(by: Browser): Promise<number> {
  const { body } = await answer(by.fetch('/api/directory-changes'))
  const items = body['items'] as { id: string; kind: string }[]
  for (const { id } of items) {
    const { status, body: changes } = await answer(
      by.fetch(`/api/directory-changes/${id}/decision`, { json: { confirm: true } }),
    )
    if (status !== 200) throw new Error(`a change was not confirmed: ${JSON.stringify(changes)}`)
  }
  return items.length
}
