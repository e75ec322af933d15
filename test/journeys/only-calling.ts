// One Seloste for the journeys that place calls and look at them, and change nothing else: each finds its calls by a caller
// of its own.
import { withoutCalls } from './without-calls.ts'

export const test = withoutCalls()
