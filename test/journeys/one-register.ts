// One Seloste for the journeys that change nothing of what another looks at: each finds its calls by a caller of its own, and
// leaves people, rights and the description as they were.
import { withoutCalls } from './without-calls.ts'

export const test = withoutCalls()
