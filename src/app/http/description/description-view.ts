import { parseDocument } from 'yaml'
import type { Draft } from '#safeguards/versions/draft.ts'
import { judgeDraft } from '#safeguards/versions/judge-draft.ts'
import type { PublishedVersion } from '#safeguards/versions/versions.ts'
import { currentNames } from '#safeguards/people/name-people.ts'
import type { Draft as DraftView, DraftSummary, Version } from '../contract/description.ts'
import type { Desk } from '../desk.ts'
import type { JsonForm } from '../to-json.ts'

type Names = Map<string, string>

/** Returns a draft with its text, the problems of the text, and the changes. */
export async function viewDraft(desk: Desk, draft: Draft): Promise<JsonForm<DraftView>> {
  const names = await currentNames(desk.db, peopleOf([draft]))
  const { document, problems, changes } = await judgeDraft(desk.db, draft)
  return {
    ...summary(draft, names),
    revision: draft.revision,
    submittedAt: draft.submittedAt,
    decision: draft.decision && { ...draft.decision, by: named(draft.decision.by, names) },
    text: draft.text,
    document,
    problems,
    changes,
  }
}

/** Returns drafts without their texts. */
export async function viewDrafts(desk: Desk, drafts: readonly Draft[]): Promise<JsonForm<DraftSummary>[]> {
  const names = await currentNames(desk.db, peopleOf(drafts))
  return drafts.map((draft) => summary(draft, names))
}

/** Returns versions with their state, newest first; with names of people for signed-in users only. */
export async function viewVersions(
  desk: Desk,
  versions: readonly PublishedVersion[],
  { withPeople }: { withPeople: boolean },
): Promise<JsonForm<Version>[]> {
  const inForce = desk.versions.at(desk.clock.now()).version
  const people = versions.flatMap(({ author, approver }) => [author, approver]).filter((id) => id !== null)
  const names: Names = withPeople ? await currentNames(desk.db, people) : new Map<string, string>()
  const personOf = (id: string | null) => (withPeople && id !== null ? named(id, names) : undefined)
  return versions
    .map(({ version, effectiveFrom, hash, approvedAt, author, approver, changes }) => ({
      version,
      effectiveFrom,
      state: version === inForce ? ('in-force' as const) : version < inForce ? ('past' as const) : ('coming' as const),
      hash,
      approvedAt,
      author: personOf(author),
      approver: personOf(approver),
      changes,
    }))
    .sort((a, b) => b.version - a.version)
}

/** Parses the YAML text of a description. */
export function documentOf(text: string): unknown {
  return parseDocument(text).toJS({ maxAliasCount: 0 })
}

function summary(draft: Draft, names: Names): JsonForm<DraftSummary> {
  return {
    id: draft.id,
    basedOn: draft.basedOn,
    isOutdated: draft.basedOn !== draft.newest && (draft.state === 'DRAFT' || draft.state === 'SUBMITTED'),
    state: draft.state,
    author: named(draft.author, names),
    reason: draft.reason,
    effectiveFrom: draft.effectiveFrom,
    changedAt: draft.changedAt,
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
