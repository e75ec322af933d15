import type { MatchedContact, RequestDetail } from '../../api/shapes.ts'

export type Part = MatchedContact['segments'][number]

/** The parts of a request's matched calls. */
export function partsOf({ calls }: Pick<RequestDetail, 'calls'>): Part[] {
  return calls.flatMap(({ contact }) => contact?.segments ?? [])
}

/** Whether a text looks like the public half of an age key; the server judges. */
export function looksLikeRecipient(text: string): boolean {
  return /^age1[0-9a-z]{58}$/.test(text.trim())
}
