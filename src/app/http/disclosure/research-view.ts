import type { PersonOf } from '#safeguards/people/name-people.ts'
import type { ListedResearch, ReadResearch } from '#use/disclosure/research/read-research.ts'
import {
  earliestDestruction,
  isPastDeadline,
  unconfirmed,
  type ResearchItemFacts,
} from '#use/disclosure/research/research-state.ts'
import type { Notice, ResearchDetail, ResearchItem, ResearchSummary } from '../contract/research.ts'
import type { JsonForm } from '../to-json.ts'
import { copyNotices, recallNotice } from './recall-notice.ts'

/** Returns the ids of all people in a disclosure. */
export function peopleOfResearch({ row, extensions = [] }: Pick<ListedResearch, 'row'> & Partial<ReadResearch>) {
  const { prepared_by, undertaking_by, decided_by } = row
  return [prepared_by, undertaking_by, decided_by, ...extensions.flatMap((one) => [one.asked_by, one.decided_by])]
}

export function viewResearchSummary(listed: ListedResearch, person: PersonOf): JsonForm<ResearchSummary> {
  const { row, facts, state, isOverdue, waits } = listed
  return {
    ...{ id: row.id, number: row.number, study: row.study, state, isOverdue },
    institute: { id: row.institute_id, name: row.institute_name },
    dueOn: row.due_on,
    earliestDestruction: earliestDestruction(facts),
    items: facts.items.length,
    open: unconfirmed(facts).length,
    preparedBy: person(row.prepared_by),
    ...waits,
  }
}

/** Returns the view of a disclosure. Its packages are read separately. */
export function viewResearch(found: ReadResearch, person: PersonOf): JsonForm<Omit<ResearchDetail, 'packages'>> {
  const { row, facts, lacks, extensions, seen, may } = found
  const { undertaking_at, undertaking_by, undertaking_on, undertaking_reference, undertaking_signatory } = row
  const { decided_at, decided_by, outcome, reasons } = row
  return {
    ...viewResearchSummary(found, person),
    purpose: 'QUALITY_LEVEL',
    format: row.format,
    createdAt: row.created_at,
    lacks,
    itemList: facts.items.map(viewItem),
    undertaking:
      undertaking_at && undertaking_by && undertaking_on
        ? {
            reference: undertaking_reference ?? '',
            signatory: undertaking_signatory ?? '',
            signedOn: undertaking_on,
            by: person(undertaking_by),
            at: undertaking_at,
          }
        : null,
    decision:
      decided_at && decided_by && outcome
        ? { outcome, reasons: reasons ?? '', by: person(decided_by), at: decided_at }
        : null,
    studyEndedOn: row.study_ended_on,
    extensions: extensions.map(({ id, due_on, reasons: reason, asked_by, ...decided }) => ({
      ...{ id, dueOn: due_on, reasons: reason, askedBy: person(asked_by) },
      decided:
        decided.decided_at && decided.decided_by && decided.outcome
          ? { at: decided.decided_at, by: person(decided.decided_by), outcome: decided.outcome }
          : null,
    })),
    notices: noticesOf(found),
    seen,
    may,
  }
}

function viewItem({ recording, copyId, copyState, level, ...item }: ResearchItemFacts): JsonForm<ResearchItem> {
  return {
    ...item,
    recording: recording === 'unknown' ? null : recording,
    copy: { id: copyId, state: copyState, level },
  }
}

/** Returns the notices that the institute should get in the present state, in its language. */
function noticesOf({ row, facts, state }: ListedResearch): Notice[] {
  const language = row.institute_language
  const recalls = facts.items.flatMap(({ item, recallDueAt }): Notice[] => {
    if (!recallDueAt) return []
    const { [language]: text } = recallNotice({ disclosure: row.number, item, due_at: recallDueAt })
    return [{ kind: 'destroy-now', item, language, text }]
  })
  const open = unconfirmed(facts).map(({ item }) => item)
  const noticeAbout = (kind: keyof typeof copyNotices, items: readonly number[]): Notice[] => {
    const { [language]: text } = copyNotices[kind]({ disclosure: row.number, items, deadline: facts.deadline })
    return [{ kind, language, text }]
  }
  const all = facts.items.map(({ item }) => item)
  if (state === 'CLOSED') return noticeAbout('closed', all)
  if (open.length === 0) return recalls
  if (isPastDeadline(facts)) return [...recalls, ...noticeAbout('overdue', open)]
  return state === 'STUDY_ENDED' ? [...recalls, ...noticeAbout('study-ended', open)] : recalls
}
