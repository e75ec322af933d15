/** The description procedure in tests: drafts, submits and approves versions. */
import { approveDraft } from '#safeguards/versions/decide.ts'
import type { Draft, DraftRefusal } from '#safeguards/versions/draft.ts'
import { changeDraft, startDraft, submitDraft, type DraftChange } from '#safeguards/versions/change-draft.ts'
import type { Session } from '#safeguards/people/session.ts'
import type { SafeguardsDatabase } from '#safeguards/tables.ts'

/** Returns the draft; throws an error with the refusal and the problems if there is none. */
export function acceptedDraft(result: Draft | DraftRefusal): Draft {
  if (!('refused' in result)) return result
  const problems = result.problems?.map(({ field, message }) => `${field}: ${message.en}`) ?? []
  throw new Error([result.refused, ...problems].join('\n'))
}

/** Drafts and submits a change of the newest version. */
export async function submitChange(
  desk: SafeguardsDatabase,
  author: Session,
  effectiveFrom: Temporal.Instant,
  change: Pick<DraftChange, 'text' | 'edits'>,
): Promise<Draft> {
  const now = Temporal.Now.instant()
  const begun = acceptedDraft(await startDraft(desk, author, now))
  const written = acceptedDraft(
    await changeDraft(desk, author, begun.id, { revision: begun.revision, effectiveFrom, ...change }, now),
  )
  return acceptedDraft(await submitDraft(desk, author, begun.id, written.revision, now))
}

/** Drafts, submits and approves a change; the version is in force from `effectiveFrom` on. */
export async function newVersion(
  desk: SafeguardsDatabase,
  people: { author: Session; approver: Session },
  effectiveFrom: Temporal.Instant,
  change: Pick<DraftChange, 'text' | 'edits'>,
): Promise<Draft> {
  const draft = await submitChange(desk, people.author, effectiveFrom, change)
  const decision = { revision: draft.revision }
  return acceptedDraft(await approveDraft(desk, people.approver, draft.id, decision, Temporal.Now.instant()))
}

/** Runs work that must end before an instant: that many seconds from now, or later on a slow machine. */
export async function inTime<Done>(
  seconds: number,
  act: (effectiveFrom: Temporal.Instant) => Promise<Done>,
): Promise<Done> {
  const effectiveFrom = Temporal.Now.instant().add({ seconds }).round({ smallestUnit: 'second', roundingMode: 'ceil' })
  try {
    return await act(effectiveFrom)
  } catch (error) {
    if (seconds > 20 || !String(error).includes('draft.not-future')) throw error
    return inTime(seconds * 3, act)
  }
}
