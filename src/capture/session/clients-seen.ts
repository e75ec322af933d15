import { firstHeader, type SipRequest } from '../sip/message.ts'
import { describeShape } from '../siprec/describe-shape.ts'
import { splitMultipart } from '../siprec/split-multipart.ts'
import type { CallInvitation } from './describe-segment.ts'

/** What a client sends and what was made of it: names of elements, headers and codes, never a value that it sent (R10). */
export interface ClientSeen {
  /** What it calls itself, and its version. */
  client: string
  trunk: string | undefined
  /** Elements of its metadata with their attributes, as describeShape() writes them. */
  shape: readonly string[]
  /** Header names of the INVITE. */
  headers: readonly string[]
  problems: readonly string[]
  needsReview: readonly string[]
  /** Where each value came from. */
  sources: CallInvitation['parties']['sources']
}

/** Different clients in an hour are few; more are somebody who makes them up. */
const mostSeen = 200
/** Products and versions (RFC 3261 section 20.41) are made of these; anything else is left out. */
const notOfAProduct = /[^\w .()/+:-]/g

/** Tells of a client the first time that it sends something of this shape. */
export function createClientsSeen(onSeen: (seen: ClientSeen) => void) {
  const known = new Set<string>()

  return function look(request: SipRequest, invitation: CallInvitation, trunk: string | undefined): void {
    if (known.size >= mostSeen) return
    const { parties, problems } = invitation
    const seen: ClientSeen = {
      client: (firstHeader(request, 'user-agent') ?? '').replace(notOfAProduct, '').slice(0, 60),
      trunk,
      shape: shapeOf(request),
      headers: [...new Set(request.headers.map(({ name }) => name))].filter((name) => /^[a-z-]{1,40}$/.test(name)),
      problems,
      needsReview: parties.needsReview,
      sources: parties.sources,
    }
    // How many of an element there are is the call's, not the client's.
    const key = JSON.stringify({ ...seen, shape: seen.shape.map((line) => line.replace(/ x\d+$/, '')) })
    if (known.has(key)) return
    known.add(key)
    onSeen(seen)
  }
}

function shapeOf(request: SipRequest): string[] {
  const split = splitMultipart(firstHeader(request, 'content-type'), request.body)
  return split.kind === 'split' && split.metadata !== undefined ? describeShape(split.metadata) : []
}
