import type { ListedLetter } from '#use/requests/letters/letters.ts'
import type { ListedRequest } from '#use/requests/list-requests.ts'
import type { ReadRequest } from '#use/requests/read-request.ts'
import type { RequestRow } from '#use/requests/request-facts.ts'
import type { Letter } from '../contract/letters.ts'
import type { RequestDetail, RequestSummary } from '../contract/requests.ts'

type Names = ReadonlyMap<string, string>

/** Everybody whom a request names by their id in the directory. */
export function peopleOf(request: RequestRow): string[] {
  const { entered_by, assigned_to, official_id, identified_by, extended_by, closed_by } = request
  return [entered_by, assigned_to, official_id, identified_by, extended_by, closed_by].filter((id) => id !== null)
}

export function viewSummary(listed: ListedRequest, names: Names): RequestSummary {
  const { requesterName } = listed
  return {
    ...viewFacts(listed, names),
    ...(requesterName !== undefined && { requester: { name: requesterName } }),
  }
}

/** A request by itself; what belongs to it beside comes from the other parts. */
export function viewRequest(
  found: ReadRequest,
  names: Names,
): Omit<RequestDetail, 'calls' | 'appointments' | 'letters' | 'copies' | 'corrections' | 'openness'> {
  const { request, requester, unfinished, unfinishedOtherwise } = found
  const { identified_at, identified_by, identified_how, extended_at, extended_by, extended_until, extension_reason } =
    request
  const { closed_at, closed_by, outcome } = request
  return {
    ...viewFacts(found, names),
    ...(requester && { requester }),
    enteredBy: person(request.entered_by, names),
    ...(request.official_id && { official: person(request.official_id, names) }),
    ...(identified_at &&
      identified_by &&
      identified_how && {
        identified: { how: identified_how, at: identified_at.toString(), by: person(identified_by, names) },
      }),
    ...(extended_at &&
      extended_by &&
      extended_until &&
      extension_reason && {
        extension: {
          until: extended_until.toString(),
          reason: extension_reason,
          at: extended_at.toString(),
          by: person(extended_by, names),
        },
      }),
    ...(closed_at &&
      outcome && {
        closed: { at: closed_at.toString(), ...(closed_by && { by: person(closed_by, names) }), outcome },
      }),
    unfinished: [...unfinished],
    unfinishedOtherwise: { REFUSED: [...unfinishedOtherwise.REFUSED], WITHDRAWN: [...unfinishedOtherwise.WITHDRAWN] },
  }
}

export function viewLetter(letter: ListedLetter, names: Names): Letter {
  const { madeAt, madeBy, delivered, ...told } = letter
  return {
    ...told,
    madeAt: madeAt.toString(),
    ...(madeBy !== undefined && { madeBy: person(madeBy, names) }),
    ...(delivered && {
      delivered: { at: delivered.at.toString(), how: delivered.how, by: person(delivered.by, names) },
    }),
  }
}

function viewFacts(found: ListedRequest | ReadRequest, names: Names) {
  const { request, state, next, isOverdue, isUrgent, firstEnd } = found
  return {
    id: request.id,
    number: request.number,
    party: request.party,
    kinds: request.kinds,
    channel: request.channel,
    language: request.language,
    receivedAt: request.received_at.toString(),
    dueAt: request.due_at.toString(),
    ...{ isOverdue, isUrgent, state, next },
    ...(firstEnd && { firstEnd: firstEnd.toString() }),
    ...(request.assigned_to && { assignedTo: person(request.assigned_to, names) }),
  }
}

function person(id: string, names: Names) {
  return { id, name: names.get(id) ?? id }
}
