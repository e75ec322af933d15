// Changes the register description by its procedure, for journeys about the effects of a change. Takes a running
// Seloste and an edit of the text; afterwards the new version is in force. Another journey tests the screens of the
// procedure.
import { eventually, signInAt, type Api } from '#test/whole/api.ts'
import type { RunningSeloste } from '#test/whole/start-seloste.ts'

interface DraftShape {
  id: string
  revision: number
  text: string
  problems: { code: string; message: { fi: string; sv: string; en: string } }[]
  changes: { text: { fi: string; sv: string; en: string } }[]
}

/** Lets Eero draft and Riitta approve a change; resolves once the version is in force. Throws if a step is refused. */
export async function changeDescription(
  seloste: RunningSeloste,
  change: (text: string) => string,
): Promise<{ version: number; changes: string[] }> {
  const [eero, riitta] = await Promise.all(
    ['eero', 'riitta'].map((userId) => signInAt(seloste.url, userId, seloste.password)),
  )
  if (!eero || !riitta) throw new Error('nobody signed in')
  const begun = await request(eero, 'POST', '/api/description/drafts')
  const drafted = await request(eero, 'PATCH', `/api/description/drafts/${begun.id}`, {
    revision: begun.revision,
    text: change(begun.text),
    reason: 'Kokeilu',
    effectiveFrom: Temporal.Now.instant().add({ seconds: 4 }).toString(),
  })
  if (drafted.problems.length > 0) throw new Error(drafted.problems.map(({ message }) => message.fi).join('\n'))
  const submitted = await request(eero, 'POST', `/api/description/drafts/${begun.id}/submission`, {
    revision: drafted.revision,
  })
  await request(riitta, 'POST', `/api/description/drafts/${begun.id}/decision`, {
    revision: submitted.revision,
    decision: 'approve',
  })
  const version = await eventually(async () => {
    const answer = await fetch(`${seloste.url}/api/description/versions`)
    const { items } = (await answer.json()) as { items: { version: number; state: string }[] }
    const [newest] = items
    return newest?.state === 'in-force' && newest.version > 1 ? newest.version : undefined
  }, 'the new version in force')
  return { version, changes: drafted.changes.map(({ text }) => text.fi) }
}

async function request(api: Api, method: string, path: string, body?: unknown): Promise<DraftShape> {
  const answer = await api.call(method, path, body)
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`)
  return (await answer.json()) as DraftShape
}
