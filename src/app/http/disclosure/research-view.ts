import type { InstituteRow } from '#use/disclosure/research/institutes.ts'
import type { ListedResearch, ReadResearch } from '#use/disclosure/research/read-research.ts'
import {
  earliestDestruction,
  isPastDeadline,
  unconfirmed,
  type ResearchItemFacts,
} from '#use/disclosure/research/research-state.ts'
import type { Institute } from '../contract/institutes.ts'
import type { Notice, ResearchDetail, ResearchItem, ResearchSummary } from '../contract/research.ts'
import { lentNotices, recallNotice } from './recall-notice.ts'

type Names = ReadonlyMap<string, string>

/** Everybody whom a disclosure names by their id in the directory. */
export function peopleOfResearch({
  row,
  extensions = [],
}: Pick<ListedResearch, 'row'> & Partial<ReadResearch>): string[] {
  const { prepared_by, undertaking_by, decided_by } = row
  return [
    prepared_by,
    undertaking_by,
    decided_by,
    ...extensions.flatMap((one) => [one.asked_by, one.decided_by]),
  ].filter((id) => id !== null)
}

export function viewInstitute({ is_blocked, recipient, ...row }: InstituteRow): Institute {
  return { ...row, ...(recipient !== null && { recipient }), isBlocked: is_blocked }
}

export function viewResearchSummary(listed: ListedResearch, names: Names): ResearchSummary {
  const { row, facts, state, isOverdue, waits } = listed
  const earliest = earliestDestruction(facts)
  return {
    id: row.id,
    number: row.number,
    institute: { id: row.institute_id, name: row.institute_name },
    study: row.study,
    state,
    isOverdue,
    dueOn: row.due_on.toString(),
    ...(earliest && { earliestDestruction: earliest.toString() }),
    items: facts.items.length,
    open: unconfirmed(facts).length,
    preparedBy: person(row.prepared_by, names),
    ...waits,
  }
}

/** A disclosure without its packages, which are read apart. */
export function viewResearch(found: ReadResearch, names: Names): Omit<ResearchDetail, 'packages'> {
  const { row, facts, lacks, extensions, seen, may } = found
  const { undertaking_at, undertaking_by, undertaking_on, undertaking_reference, undertaking_signatory } = row
  const { decided_at, decided_by, outcome, reasons } = row
  return {
    ...viewResearchSummary(found, names),
    purpose: 'QUALITY_LEVEL',
    format: row.format,
    createdAt: row.created_at.toString(),
    lacks: lacks.map(({ what, items, until }) => ({
      what,
      ...(items && { items }),
      ...(until && { until: until.toString() }),
    })),
    itemList: facts.items.map(viewItem),
    ...(undertaking_at &&
      undertaking_by &&
      undertaking_on &&
      undertaking_reference !== null &&
      undertaking_signatory !== null && {
        undertaking: {
          reference: undertaking_reference,
          signatory: undertaking_signatory,
          signedOn: undertaking_on.toString(),
          by: person(undertaking_by, names),
          at: undertaking_at.toString(),
        },
      }),
    ...(decided_at &&
      decided_by &&
      outcome &&
      reasons !== null && {
        decision: { outcome, reasons, by: person(decided_by, names), at: decided_at.toString() },
      }),
    ...(row.study_ended_on && { studyEndedOn: row.study_ended_on.toString() }),
    extensions: extensions.map((one) => ({
      id: one.id,
      dueOn: one.due_on.toString(),
      reasons: one.reasons,
      askedBy: person(one.asked_by, names),
      ...(one.decided_at &&
        one.decided_by &&
        one.outcome && {
          decided: { at: one.decided_at.toString(), by: person(one.decided_by, names), outcome: one.outcome },
        }),
    })),
    notices: noticesOf(found),
    seen,
    may,
  }
}

function viewItem(item: ResearchItemFacts): ResearchItem {
  const { recordingId, contactId, destroyAt, recording, copyId, copyState, level, recallDueAt, confirmedAt } = item
  return {
    item: item.item,
    ...(recordingId !== undefined && { recordingId }),
    ...(contactId !== undefined && { contactId }),
    ...(destroyAt && { destroyAt: destroyAt.toString() }),
    ...(recording !== 'unknown' && { recording }),
    copy: { ...(copyId !== undefined && { id: copyId }), state: copyState, ...(level && { level }) },
    outcome: item.outcome,
    ...(recallDueAt && { recallDueAt: recallDueAt.toString() }),
    ...(confirmedAt && { confirmedAt: confirmedAt.toString() }),
  }
}

/** What the institute is to be told now, in its language. */
function noticesOf({ row, facts, state }: ListedResearch): Notice[] {
  const language = row.institute_language
  const recalls = facts.items.flatMap(({ item, recallDueAt }): Notice[] => {
    if (!recallDueAt) return []
    const { [language]: text } = recallNotice({ disclosure: row.number, item, due_at: recallDueAt })
    return [{ kind: 'destroy-now', item, language, text }]
  })
  const open = unconfirmed(facts).map(({ item }) => item)
  const lent = (kind: keyof typeof lentNotices, items: readonly number[]): Notice[] => {
    const { [language]: text } = lentNotices[kind]({ disclosure: row.number, items, deadline: facts.deadline })
    return [{ kind, language, text }]
  }
  if (state === 'CLOSED') {
    return lent(
      'closed',
      facts.items.map(({ item }) => item),
    )
  }
  if (open.length === 0) return recalls
  if (isPastDeadline(facts)) return [...recalls, ...lent('overdue', open)]
  return state === 'STUDY_ENDED' ? [...recalls, ...lent('study-ended', open)] : recalls
}

function person(id: string, names: Names): { id: string; name: string } {
  return { id, name: names.get(id) ?? id }
}
