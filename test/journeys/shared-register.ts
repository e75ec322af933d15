// Starts one Seloste for journeys that do not affect one another: each finds its calls by a caller of its own, and
// leaves people, rights and the description as they were.
import { withoutCalls } from './without-calls.ts'

export const test = withoutCalls()
