import type { PersonOf } from '#safeguards/people/name-people.ts'
import type { ListedLetter } from '#use/requests/letters/letters.ts'
import type { ListedRequest } from '#use/requests/list-requests.ts'
import type { ReadRequest } from '#use/requests/read-request.ts'
import type { RequestRow } from '#use/requests/request-facts.ts'
import type { Letter } from '../contract/letters.ts'
import type { RequestDetail, RequestSummary } from '../contract/requests.ts'
import type { JsonForm } from '../to-json.ts'

/** Returns the ids of all people in a request. */
export function peopleOf(request: RequestRow) {
  const { entered_by, assigned_to, official_id, identified_by, extended_by, closed_by } = request
  return [entered_by, assigned_to, official_id, identified_by, extended_by, closed_by]
}

export function viewSummary(listed: ListedRequest, person: PersonOf): JsonForm<RequestSummary> {
  const { requesterName: name } = listed
  return { ...viewFacts(listed, person), requester: name === undefined ? undefined : { name } }
}

/** Returns the view of a request without its calls, letters and appointments. */
export function viewRequest(
  { request, ...found }: ReadRequest,
  person: PersonOf,
): JsonForm<
  Omit<RequestDetail, 'calls' | 'appointments' | 'letters' | 'copies' | 'corrections' | 'openness' | 'fromHome'>
> {
  const { identified_at, identified_by, identified_how, extended_at, extended_by, extended_until, extension_reason } =
    request
  const { closed_at, closed_by, outcome, official_id } = request
  return {
    ...viewFacts({ request, ...found }, person),
    ...found,
    enteredBy: person(request.entered_by),
    official: person(official_id),
    identified:
      identified_at && identified_how ? { how: identified_how, at: identified_at, by: person(identified_by) } : null,
    extension:
      extended_at && extended_by && extended_until && extension_reason
        ? { until: extended_until, reason: extension_reason, at: extended_at, by: person(extended_by) }
        : null,
    closed: closed_at && outcome ? { at: closed_at, by: person(closed_by), outcome } : null,
  }
}

export function viewLetter({ madeBy, delivered, ...letter }: ListedLetter, person: PersonOf): JsonForm<Letter> {
  return {
    ...letter,
    madeBy: person(madeBy),
    delivered: delivered && { ...delivered, by: person(delivered.by) },
  }
}

function viewFacts({ request, ...found }: ListedRequest | ReadRequest, person: PersonOf) {
  return {
    ...found,
    ...request,
    receivedAt: request.received_at,
    dueAt: request.due_at,
    assignedTo: person(request.assigned_to),
  }
}
