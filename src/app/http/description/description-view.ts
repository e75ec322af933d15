import type { Static } from 'typebox'
import { parseDocument } from 'yaml'
import type { Draft } from '#safeguards/versions/draft.ts'
import { currentNames } from '#safeguards/people/current-names.ts'
import { judgeDraft } from '#safeguards/versions/judge-draft.ts'
import type { PublishedVersion } from '#safeguards/versions/versions.ts'
import type { Draft as DraftView, DraftSummary, Version } from '../contract/description.ts'
import type { Desk } from '../desk.ts'

type Names = Map<string, string>

/** A draft with its text judged. */
export async function viewDraft(desk: Desk, draft: Draft): Promise<DraftView> {
  const names = await currentNames(desk.db, peopleOf([draft]))
  const { document, problems, changes } = await judgeDraft(desk.db, draft)
  return {
    ...summary(draft, names),
    revision: draft.revision,
    ...(draft.submittedAt && { submittedAt: draft.submittedAt.toString() }),
    ...(draft.decision && {
      decision: {
        by: named(draft.decision.by, names),
        at: draft.decision.at.toString(),
        ...(draft.decision.note !== null && { note: draft.decision.note }),
      },
    }),
    text: draft.text,
    ...(document !== undefined && { document }),
    problems,
    changes,
  }
}

/** Drafts without their texts. */
export async function viewDrafts(desk: Desk, drafts: readonly Draft[]): Promise<Static<typeof DraftSummary>[]> {
  const names = await currentNames(desk.db, peopleOf(drafts))
  return drafts.map((draft) => summary(draft, names))
}

/** Versions newest first, with their state now; persons are named to those who are signed in alone. */
export async function viewVersions(
  desk: Desk,
  versions: readonly PublishedVersion[],
  { withPeople }: { withPeople: boolean },
): Promise<Version[]> {
  const inForce = desk.versions.at(desk.clock.now()).version
  const people = versions.flatMap(({ author, approver }) => [author, approver]).filter((id) => id !== null)
  const names: Names = withPeople ? await currentNames(desk.db, people) : new Map<string, string>()
  return versions
    .map(
      (version) =>
        ({
          version: version.version,
          effectiveFrom: version.effectiveFrom.toString(),
          state: version.version === inForce ? 'in-force' : version.version < inForce ? 'past' : 'coming',
          hash: version.hash,
          approvedAt: version.approvedAt.toString(),
          ...(withPeople && version.author !== null && { author: named(version.author, names) }),
          ...(withPeople && version.approver !== null && { approver: named(version.approver, names) }),
          changes: version.changes,
        }) satisfies Version,
    )
    .sort((a, b) => b.version - a.version)
}

/** The text as values. */
export function documentOf(text: string): unknown {
  return parseDocument(text).toJS({ maxAliasCount: 0 })
}

function summary(draft: Draft, names: Names): Static<typeof DraftSummary> {
  return {
    id: draft.id,
    basedOn: draft.basedOn,
    isOutdated: draft.basedOn !== draft.newest && (draft.state === 'DRAFT' || draft.state === 'SUBMITTED'),
    state: draft.state,
    author: named(draft.author, names),
    reason: draft.reason,
    ...(draft.effectiveFrom && { effectiveFrom: draft.effectiveFrom.toString() }),
    changedAt: draft.changedAt.toString(),
    mayEdit: draft.mayEdit,
    mayDecide: draft.mayDecide,
  }
}

function peopleOf(drafts: readonly Draft[]): string[] {
  return drafts.flatMap(({ author, decision }) => (decision ? [author, decision.by] : [author]))
}

function named(id: string, names: Names): { id: string; name: string } {
  return { id, name: names.get(id) ?? '' }
}
