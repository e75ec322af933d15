import type { StreamPlan } from '../../siprec/answer-offer.ts'
import { makeMasterKey, type MasterKey } from '../../srtp/suites.ts'

/** A key for an answer to a stream that nothing will ever be sent on: an answer to keys must hold one (RFC 4568 section 5.1.2). */
export function passingKey({ crypto }: StreamPlan): MasterKey {
  const suite = crypto?.keys[0]?.suite
  if (!suite) throw new Error('a stream without keys has none of ours')
  return makeMasterKey(suite)
}
