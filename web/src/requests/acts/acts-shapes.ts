import type { MatchedContact, RequestDetail } from '../../api/shapes.ts'

export type Part = MatchedContact['segments'][number]

/** Returns the parts of a request's matched calls. */
export function partsOf({ calls }: Pick<RequestDetail, 'calls'>): Part[] {
  return calls.flatMap(({ contact }) => contact?.segments ?? [])
}

/** Returns true if a text looks like an age recipient (public key); the server validates. */
export function isLikelyRecipient(text: string): boolean {
  return /^age1[0-9a-z]{58}$/.test(text.trim())
}
